"""Settings. A key that is not declared here is an error that the daemon reports with file, key and remedy."""

from __future__ import annotations

from incidentd.plugin import AdapterConfig, PositiveSeconds, SecretRef


class CheckConfig(AdapterConfig):
    """`[sources.NAME] type = "example"`."""

    token: SecretRef  # senders show it as "Authorization: Bearer ..."
    severity: str = "critical"


class RoomConfig(AdapterConfig):
    """`[notifiers.NAME] type = "example-room"`. A contact method's address is the name to mention in the room."""

    url: SecretRef  # whoever knows an incoming webhook's address can write to the room, so it is a secret
    timeout: PositiveSeconds = 10.0
