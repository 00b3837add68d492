"""Slack's Web API on loopback: the methods that the channel calls, as its documentation tells."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from incidentd.plugin.testing import Recorded, RecordingServer, Reply


class FakeSlack(RecordingServer):
    """Keeps what is posted, and knows one member."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []

    def reply(self, request: Recorded) -> Reply:
        method = request.path.rpartition("/")[2]
        asked = {name: values[0] for name, values in parse_qs(request.query).items()}
        return Reply(body=json.dumps({"ok": True, **self.answer(method, asked, request.body)}).encode())

    def answer(self, method: str, asked: dict[str, str], body: bytes) -> dict[str, Any]:
        if method == "users.info":
            return {"user": {"name": "gh", "profile": {"display_name": "", "real_name": "Grace Hopper"}}}
        if method == "conversations.open":
            return {"channel": {"id": "D0GRACE"}}
        if method in ("conversations.replies", "conversations.history"):
            assert asked["include_all_metadata"] == "true"
            return {"messages": [one for one in self.messages if one["thread_ts"] == asked.get("ts", "")]}
        document = json.loads(body)
        channel = "D0GRACE" if document["channel"].startswith("U") else document["channel"]
        message = {"ts": f"17724420{len(self.messages):02}.000100", "metadata": document["metadata"]}
        self.messages.append({**message, "text": document["text"], "thread_ts": document.get("thread_ts", "")})
        return {"channel": channel, "ts": message["ts"], "message": message}

    def posted(self) -> list[Recorded]:
        """The requests that posted."""
        return [one for one in self.requests if one.path.endswith("/chat.postMessage")]


@pytest.fixture
def fake_slack() -> type[FakeSlack]:
    return FakeSlack
