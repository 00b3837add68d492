"""Settings of an Apprise notifier."""

from __future__ import annotations

from incidentd.plugin import AdapterConfig, PositiveSeconds, SecretRef


class AppriseConfig(AdapterConfig):
    """`[notifiers.NAME] type = "apprise"`. A contact method's address, if it has one, is used instead of `url`.

    Apprise opens its own connections; the daemon's outbound policy holds for them all the same, and no proxy of the
    environment is used.
    """

    url: SecretRef | None = None  # an Apprise URL, such as slack://...; it holds credentials
    timeout: PositiveSeconds = 20.0

    def check_address(self, address: str) -> None:
        """Any, or none where the notifier has a URL."""
        if not address and self.url is None:
            raise ValueError("set `url` in the notifier's configuration, or an Apprise URL as the contact's address")
