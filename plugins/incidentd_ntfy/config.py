"""Settings of an ntfy instance."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pydantic

from incidentd.plugin import AdapterConfig, PositiveSeconds, SecretRef

TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")


class NtfyConfig(AdapterConfig):
    """`[notifiers.NAME] type = "ntfy"`. A contact method's address is the topic."""

    server: str = "https://ntfy.sh"
    token: SecretRef | None = None  # an access token; without one the topic must be open for writing
    timeout: PositiveSeconds = 10.0

    @pydantic.field_validator("server")
    @classmethod
    def _base_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("write the server's base URL, for example https://ntfy.sh")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("the URL must hold no user, query or fragment; set `token` to authenticate")
        return value.rstrip("/")

    def check_address(self, address: str) -> None:
        """A topic."""
        if not TOPIC.fullmatch(address):
            raise ValueError("write an ntfy topic: up to 64 letters, digits, '-' and '_'")
