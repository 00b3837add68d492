"""Discord's HTTP API on loopback: the endpoints that the channel calls, as its documentation tells."""

from __future__ import annotations

import json
from typing import Any

import pytest

from incidentd.plugin.testing import Recorded, RecordingServer, Reply


class FakeDiscord(RecordingServer):
    """Keeps messages, each nonce once, and opens direct channels."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, dict[str, Any]] = {}

    def reply(self, request: Recorded) -> Reply:
        document = json.loads(request.body)
        if request.path == "/users/@me/channels":
            return Reply(body=json.dumps({"id": f"9{document['recipient_id']}", "type": 1}).encode())
        if request.path.startswith("/webhooks/"):
            return Reply(body=b'{"id":"700000000000000001"}')
        assert len(document["nonce"]) <= 25
        assert document["enforce_nonce"] is True
        message = {**document, "id": str(800_000_000_000_000_000 + len(self.messages))}
        return Reply(body=json.dumps(self.messages.setdefault(document["nonce"], message)).encode())

    def posted(self) -> list[Recorded]:
        """The requests that wrote into a channel."""
        return [one for one in self.requests if one.path.endswith("/messages")]


@pytest.fixture
def fake_discord() -> type[FakeDiscord]:
    return FakeDiscord
