"""Twilio's REST API on loopback: the Messages resource, as its documentation tells."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from incidentd.plugin.testing import Recorded, RecordingServer, Reply


class FakeTwilio(RecordingServer):
    """Keeps the messages that were sent, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []

    def reply(self, request: Recorded) -> Reply:
        if request.method == "GET":
            (to,) = parse_qs(request.query)["To"]
            found = [one for one in self.messages if one["to"] == to]
            return Reply(body=json.dumps({"messages": found, "page_size": 50}).encode())
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        message = {
            "sid": f"SM{len(self.messages):032}",
            "to": form["To"],
            "from": form.get("From"),
            "body": form["Body"],
            "status": "queued",
            "date_created": "Mon, 02 Mar 2026 09:00:00 +0000",
        }
        self.messages.insert(0, message)
        return Reply(status=201, body=json.dumps(message).encode())

    def posted(self) -> list[Recorded]:
        """The requests that wanted to send."""
        return [one for one in self.requests if one.method == "POST"]


@pytest.fixture
def fake_twilio() -> type[FakeTwilio]:
    return FakeTwilio
