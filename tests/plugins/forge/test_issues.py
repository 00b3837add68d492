"""Issues for the actions of reviews, against a forge on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import aiohttp
import pytest

from incidentd.plugin import IssueOrder, PermanentFailure, Secret, StoreUnavailable, TemporaryFailure
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.testing import FakeContext, Recorded, RecordingServer, Reply, make_request
from incidentd.plugin.testing.sending import failure_of
from incidentd_forge.channel import CHANNELS, PATH
from incidentd_forge.config import ForgeConfig
from incidentd_forge.decode import Ignored, decode_event

TOKEN = "github_pat_11AAAAAA"


class FakeForge(RecordingServer):
    """Keeps issues, and tells them a page at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.issues: list[dict[str, Any]] = []

    def reply(self, request: Recorded) -> Reply:
        if request.method == "GET":
            page = int(request.query.rpartition("page=")[2])
            return Reply(body=json.dumps(self.issues[50 * (page - 1) : 50 * page]).encode())
        number = len(self.issues) + 1
        url = f"https://github.com/acme/shop/issues/{number}"
        self.issues.append({"number": number, "html_url": url, **json.loads(request.body)})
        return Reply(status=201, body=json.dumps(self.issues[-1]).encode())


@pytest.fixture
async def forge() -> AsyncIterator[FakeForge]:
    async with FakeForge() as server:
        yield server  # type: ignore[misc]


@pytest.fixture
async def context() -> AsyncIterator[FakeContext]:
    async with aiohttp.ClientSession() as http:
        yield FakeContext(http=http)


def channel(at: FakeForge, context: FakeContext, **changes: Any) -> Any:
    config = {"secrets": [Secret("hook")], "token": Secret(TOKEN), "api": at.url, "issues": "acme/shop"} | changes
    return CHANNELS[0].create(ForgeConfig.model_validate(config), context)


def order(**changes: Any) -> IssueOrder:
    usual: dict[str, Any] = {
        "idempotency_key": "key-1", "title": "Alert on stale rules", "text": "Ask @grace, see #12\n<!-- x -->",
        "due_on": date(2026, 12, 1), "created_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
    }  # fmt: skip
    return IssueOrder(**usual | changes)


async def test_an_issue_says_what_by_when_and_calls_nobody(forge: FakeForge, context: FakeContext) -> None:
    made = channel(forge, context)
    receipt = await made.open_issue(order())
    assert (receipt.url, made.issues) == ("https://github.com/acme/shop/issues/1", "acme/shop")
    (sent,) = forge.requests
    assert (sent.method, sent.path) == ("POST", "/repos/acme/shop/issues")
    assert sent.headers["authorization"] == f"Bearer {TOKEN}"
    document = json.loads(sent.body)
    assert document["title"] == "Alert on stale rules"
    assert document["body"].startswith("**Due 2026-12-01**\n\nAsk @&#8203;grace, see \\#&#8203;12\n\\<\\!\\-\\- x")
    assert set(document) == {"title", "body"}


async def test_gitea_gets_the_day_as_such(forge: FakeForge, context: FakeContext) -> None:
    await channel(forge, context, forge="gitea").open_issue(order())
    document = json.loads(forge.requests[0].body)
    assert document["due_date"] == "2026-12-01T23:59:59Z"
    assert "2026-12-01" not in document["body"]


async def test_an_issue_whose_answer_was_lost_is_found_again(forge: FakeForge, context: FakeContext) -> None:
    for lost in (Reply(status=201, body=b"<html>"), Reply(status=201, body=b"[]")):
        forge.script(lost)
        assert isinstance(await failure_of(channel(forge, context).open_issue(order())), UnknownOutcome)
    first = await channel(forge, context).open_issue(order())
    forge.issues[:0] = [{"number": 900 + one, "html_url": "https://x", "body": None} for one in range(60)]
    again = await channel(forge, context).open_issue(order(attempt=2))
    assert again == first
    assert "since=2026-03-02T08:00:00Z" in forge.requests[-1].query
    other = await channel(forge, context).open_issue(order(idempotency_key="key-2", attempt=2))
    assert other.url != first.url
    assert len(forge.issues) == 62


@pytest.mark.parametrize("status", [401, 403, 404, 410, 422])
async def test_what_will_never_work_says_why(forge: FakeForge, context: FakeContext, status: int) -> None:
    forge.script(Reply(status=status, body=f'{{"message":"{TOKEN}"}}'.encode()))
    error = await failure_of(channel(forge, context).open_issue(order()))
    assert isinstance(error, PermanentFailure)
    assert f"HTTP {status}" in str(error)
    assert TOKEN not in str(error)
    assert "comment" not in str(error), "the remedy is that of an issue"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_may_work_later_is_waited_for(forge: FakeForge, context: FakeContext, status: int) -> None:
    forge.script(Reply(status=status, headers={"Retry-After": "20"}))
    error = await failure_of(channel(forge, context).open_issue(order()))
    assert isinstance(error, TemporaryFailure)
    assert error.retry_after == 20.0
    forge.script(Reply(status=502))
    assert isinstance(await failure_of(channel(forge, context).open_issue(order(attempt=2))), TemporaryFailure)
    assert forge.issues == [], "a lookup that fails opens nothing"


async def test_our_own_issue_is_no_report_and_neither_is_a_comment_on_it(
    forge: FakeForge, context: FakeContext
) -> None:
    made = channel(forge, context)
    await made.open_issue(order())
    issue = {"id": 7, "title": "x", "user": {"login": "bot"}, **forge.issues[0]}
    hook = {"repository": {"full_name": "acme/shop"}, "action": "opened", "issue": issue}
    comment = hook | {"action": "created", "comment": {"id": 8, "body": "+1", "user": {"login": "grace"}}}
    for event, body in (("issues", hook), ("issue_comment", comment)):
        with pytest.raises(Ignored, match="we opened"):
            decode_event(event, json.dumps(body).encode(), made._config, context.now())


async def test_what_becomes_of_our_issue_is_told_and_of_no_other(forge: FakeForge, context: FakeContext) -> None:
    made = channel(forge, context)
    await made.open_issue(order())
    at = "2026-03-02T09:00:00Z"
    issue = {"id": 7, "title": "x", "user": {"login": "bot"}, "updated_at": at, **forge.issues[0]}

    async def tell(**changes: Any) -> Any:
        hook = {"repository": {"full_name": "acme/shop"}, "action": "closed", "issue": issue} | changes
        body = json.dumps(hook).encode()
        signature = hmac.new(b"hook", body, hashlib.sha256).hexdigest()
        headers = {"X-GitHub-Event": "issues", "X-Hub-Signature-256": f"sha256={signature}"}
        answer = await made.receive(make_request(PATH, body, headers={"Content-Type": "application/json", **headers}))
        return json.loads(answer.body)

    assert await tell() == {"known": False}
    assert await tell() == {"known": True}
    await tell(action="reopened")
    await tell(issue=issue | {"state_reason": "not_planned"})
    assert [(url, state.value) for url, state, _ in context.issues.told] == [
        (forge.issues[0]["html_url"], state) for state in ("done", "open", "not_planned")
    ]
    assert await tell(issue=issue | {"body": "of somebody"}) == {"ignored": "an issue that is no report"}
    assert await tell(action="edited") == {"ignored": "an issue that we opened"}
    context.issues.unavailable = True
    with pytest.raises(StoreUnavailable):
        await tell()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"issues": "acme"}, "issues"),
        ({"issues": "acme/shop/../x"}, "issues"),
        ({"token": None}, "set `token` or `app`"),
    ],
)
def test_a_place_that_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    config = {"secrets": [Secret("hook")], "token": Secret(TOKEN), "issues": "acme/shop"} | changes
    with pytest.raises(ValueError, match=words):
        ForgeConfig.model_validate(config)
