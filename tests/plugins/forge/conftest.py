"""A forge on loopback: the endpoints of GitHub's REST API that the channel calls, as its documentation tells."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from incidentd.plugin.testing import Recorded, RecordingServer, Reply


class FakeForge(RecordingServer):
    """Keeps the comments of issues. `granted` counts the tokens that an app got."""

    def __init__(self) -> None:
        super().__init__()
        self.comments: list[dict[str, object]] = []
        self.granted = 0

    def reply(self, request: Recorded) -> Reply:
        if request.path.endswith("/access_tokens"):
            self.granted += 1
            grant = {"token": f"ghs_{self.granted}", "expires_at": "2026-03-02T10:00:00Z"}
            return Reply(status=201, body=json.dumps(grant).encode())
        if request.method == "GET":
            page = int(parse_qs(request.query)["page"][0])
            return Reply(body=json.dumps(self.comments[100 * (page - 1) : 100 * page]).encode())
        comment = {"id": 9000 + len(self.comments), "body": json.loads(request.body)["body"]}
        self.comments.append(comment)
        return Reply(status=201, body=json.dumps(comment).encode())

    def posted(self) -> list[Recorded]:
        """The requests that wanted to comment."""
        return [one for one in self.requests if one.method == "POST" and one.path.endswith("/comments")]


@pytest.fixture
def fake_forge() -> type[FakeForge]:
    return FakeForge
