"""The forge channel against a forge on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from incidentd.plugin import BadRequest, PermanentFailure, Received, Secret, TemporaryFailure, WebhookRequest
from incidentd.plugin.testing import (
    FakeContext,
    HttpSendingConformance,
    Letter,
    Recorded,
    RecordingServer,
    Reply,
    Rig,
    WebhookChannelConformance,
    make_request,
    script,
)
from incidentd.plugin.testing.sending import failure_of
from incidentd_forge.channel import CHANNELS, PATH
from incidentd_forge.config import ForgeConfig

SIGNING, OLD, TOKEN = "hook-5257a869e7ec", "hook-before", "github_pat_11AAAAAA"
NOW = 1_772_442_000  # 2026-03-02 09:00 UTC


def hook(letter: Letter) -> bytes:
    """A comment as GitHub tells of one."""
    number = {"talk-1": 12, "talk-2": 13}[letter.thread]
    user = {"login": letter.sender, "type": "Bot" if letter.automatic else "User"}
    document = {
        "action": "created",
        "repository": {"full_name": "acme/parser", "private": False},
        "sender": user,
        "issue": {"id": 70 + number, "number": number, "title": "Cannot pay", "user": {"login": "grace"}},
        "comment": {
            "id": int.from_bytes(letter.id.encode()),
            "user": user,
            "body": letter.text,
            "author_association": "NONE",
            "created_at": "2026-03-02T08:59:00Z",
        },
    }
    return json.dumps(document).encode()


def signed(body: bytes, key: str = SIGNING, event: str = "issue_comment") -> WebhookRequest:
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-GitHub-Event": event, "X-Hub-Signature-256": f"sha256={signature}", "X-GitHub-Delivery": "d-1"}
    return make_request(PATH, body, headers={"Content-Type": "application/json", **headers})


class FakeForge(RecordingServer):
    """Keeps the comments of issues. `granted` counts the tokens that an app got."""

    def __init__(self) -> None:
        super().__init__()
        self.comments: list[dict[str, object]] = []
        self.issues: list[dict[str, object]] = []
        self.granted = 0

    def reply(self, request: Recorded) -> Reply:
        if request.path.endswith("/access_tokens"):
            self.granted += 1
            grant = {"token": f"ghs_{self.granted}", "expires_at": "2026-03-02T10:00:00Z"}
            return Reply(status=201, body=json.dumps(grant).encode())
        if request.method == "GET":
            page = int(parse_qs(request.query)["page"][0])
            listed = self.issues if request.path.endswith("/issues") else self.comments
            return Reply(body=json.dumps(listed[100 * (page - 1) : 100 * page]).encode())
        comment = {"id": 9000 + len(self.comments), "body": json.loads(request.body)["body"]}
        self.comments.append(comment)
        return Reply(status=201, body=json.dumps(comment).encode())


class TestForge(HttpSendingConformance, WebhookChannelConformance):
    adapter = CHANNELS[0]
    server = FakeForge
    secrets = (SIGNING, OLD, TOKEN)
    recipient = "grace"
    thread = "acme/parser#12"

    def configure(self, url: str) -> Mapping[str, Any]:
        return {"secrets": [Secret(OLD), Secret(SIGNING)], "token": Secret(TOKEN), "api": url}

    def is_message(self, sent: Recorded) -> bool:
        return sent.method == "POST" and sent.path.endswith("/comments")

    def request(self, rig: Rig, letter: Letter) -> WebhookRequest:
        return signed(hook(letter))

    def signed(self, rig: Rig, body: bytes) -> WebhookRequest:
        return signed(body)

    def forged(self, rig: Rig) -> WebhookRequest:
        return signed(hook(Letter()), key="guessed")

    def check_format(self, sent: Recorded) -> None:
        assert sent.path == "/repos/acme/parser/issues/12/comments"
        assert sent.headers["authorization"] == f"Bearer {TOKEN}"
        assert sent.headers["accept"] == "application/vnd.github+json"
        document = json.loads(sent.body)
        assert list(document) == ["body"]
        assert 0 < len(document["body"]) <= 65_536
        assert not re.search(r"(?<!\\)<script|@everyone", document["body"])

    def key_on_wire(self, sent: Recorded) -> str:
        return str(json.loads(sent.body)["body"].splitlines()[-1])

    def shows(self, sent: Recorded, text: str) -> bool:
        return text in json.loads(sent.body)["body"].replace("\\", "")

    def goes_to(self, sent: Recorded, received: Received) -> bool:
        return received.thread == "acme/parser#12" and sent.path == "/repos/acme/parser/issues/12/comments"

    def is_public(self, sent: Any) -> bool:
        return True

    def forge(self, rig: Rig) -> Any:
        return rig.vendor.server  # type: ignore[attr-defined]

    async def test_resend_carries_the_same_key(self, rig: Rig) -> None:
        """Better: a message that arrived is not written again, also by a new instance, past many other comments."""
        self.forge(rig).comments += [{"id": number, "body": None} for number in range(150)]
        first = await rig.adapter.send(self.message())
        again = await rig.make({}).send(self.message(attempt=2))
        other = await rig.adapter.send(self.message(idempotency_key="another", attempt=2))
        assert first.vendor_id == again.vendor_id == "comment-9150"
        assert other.vendor_id == "comment-9151"
        assert len(rig.vendor.sent()) == 2
        assert "since=2026-03-02T08:00:00Z&per_page=100&page=2" in [one.query for one in self.forge(rig).requests]

    @pytest.mark.parametrize(
        ("reply", "seconds"),
        [
            (Reply(status=403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW + 90)}), 90.0),
            (Reply(status=429, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW - 5)}), 1.0),
            (Reply(status=403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"}), 60.0),
            (Reply(status=403, headers={"Retry-After": "20"}), 20.0),
            (Reply(status=403, body=b'{"message":"You have exceeded a secondary rate limit."}'), 60.0),
        ],
    )
    async def test_limits_of_requests_are_waited_for(self, rig: Rig, reply: Reply, seconds: float) -> None:
        script(rig, reply)
        error = await failure_of(rig.adapter.send(self.message()))
        assert isinstance(error, TemporaryFailure)
        assert error.retry_after == seconds

    async def test_a_lookup_that_fails_sends_nothing(self, rig: Rig) -> None:
        """Else a resend might stand there twice."""
        for reply in (Reply(status=502), Reply(body=b"<html>")):
            script(rig, reply)
            assert isinstance(await failure_of(rig.adapter.send(self.message(attempt=2))), TemporaryFailure)
        assert rig.vendor.sent() == []

    async def test_what_cannot_be_answered_here_says_so(self, rig: Rig) -> None:
        for message, words in (
            (self.message(private=True), "private"),
            (self.message(thread="acme/parser/security/advisories/GHSA-1", private=True), "own page"),
            (self.message(thread="../../user#1"), "own page"),
        ):
            error = await failure_of(rig.adapter.send(message))
            assert isinstance(error, PermanentFailure)
            assert words in str(error)
        error = await failure_of(rig.make({"token": None}).send(self.message()))
        assert "`token`" in str(error)
        assert rig.vendor.sent() == []

    async def test_what_is_automatic_says_so(self, rig: Rig) -> None:
        await rig.adapter.send(self.message(automatic=True))
        assert "written automatically" in json.loads(rig.vendor.sent()[0].body)["body"]

    async def test_an_app_gets_a_token_and_keeps_it_until_it_ends(self, rig: Rig) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
        channel = rig.make({"token": None, "app": {"id": "Iv1.x", "installation": 7, "key": Secret(pem)}})
        for attempt in range(2):
            await channel.send(self.message(idempotency_key=str(attempt)))
        rig.context.clock.advance(56 * 60)
        await channel.send(self.message(idempotency_key="later"))
        asked = [one for one in self.forge(rig).requests if one.path == "/app/installations/7/access_tokens"]
        shown = [one.headers["authorization"] for one in rig.vendor.sent()]
        assert shown == ["Bearer ghs_1", "Bearer ghs_1", "Bearer ghs_2"]
        assert len(asked) == 2
        head, claims, signature = asked[0].headers["authorization"].removeprefix("Bearer ").split(".")
        decoded = base64.urlsafe_b64decode(signature + "==")
        key.public_key().verify(decoded, f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
        assert json.loads(base64.urlsafe_b64decode(claims + "==")) == {
            "iat": NOW - 60, "exp": NOW + 540, "iss": "Iv1.x",
        }  # fmt: skip

    async def test_what_no_webhook_told_is_found_once(self, rig: Rig) -> None:
        channel = rig.make({"repositories": ["acme/parser"]})
        forge = self.forge(rig)
        old = {"id": 80, "number": 7, "title": "Old", "user": {"login": "grace"}, "created_at": "2026-02-01T09:00:00Z"}
        forge.issues = [old]
        await channel.look()
        assert self.kept(rig) == [], "what was there before is no report"
        rig.context.clock.advance(3600)
        written = {"body": "Broken", "created_at": "2026-03-02T09:10:00Z", "user": {"login": "linus"}}
        forge.issues += [
            {"id": 82, "number": 12, "title": "Cannot pay", **written},
            {"id": 83, "number": 13, "title": "A change", "pull_request": {"url": "x"}, **written},
        ]
        url = f"{forge.url}/repos/acme/parser/issues"
        forge.comments = [
            {"id": int.from_bytes(b"letter-1"), "issue_url": f"{url}/12", **written},
            {"id": 92, "issue_url": f"{url}/7", **written, "created_at": "2026-02-02T09:00:00Z"},
            {"id": 93, "issue_url": f"{url}/13", **written},
        ]
        rig.context.reports.unavailable = True
        await channel.look()
        assert not channel.condition().well
        rig.context.reports.unavailable = False
        await self.deliver(rig, Letter())  # by its webhook, after all
        await channel.look()
        assert channel.condition().well
        assert [one.id for one in self.kept(rig)] == [f"comment-{int.from_bytes(b'letter-1')}", "issue-82"]
        rig.context.clock.advance(3600)
        forge.script(Reply(status=502))
        await channel.look()
        assert "HTTP 502" in channel.condition().text
        await channel.look()
        assert len(self.kept(rig)) == 2
        assert forge.requests[-1].query.startswith("since=2026-03-02T09:55:00Z")

    async def test_without_repositories_or_a_token_it_looks_nowhere(self, rig: Rig) -> None:
        await rig.adapter.run()
        await rig.make({"repositories": ["acme/parser"], "token": None}).run()
        assert self.forge(rig).requests == []

    async def test_refusals_are_counted_and_seen(self, rig: Rig) -> None:
        assert rig.adapter.condition().text == "nothing came since the start"
        with pytest.raises(BadRequest):
            await rig.adapter.receive(self.forged(rig))
        condition = rig.adapter.condition()
        assert "1 refused (X-Hub-Signature-256: is missing or does not fit the body)" in condition.text
        assert not condition.well
        await rig.adapter.receive(self.request(rig, Letter()))
        assert rig.adapter.condition().well


def make(**changes: Any) -> Any:
    config = {"secrets": [Secret(SIGNING)], "token": Secret(TOKEN)} | changes
    return CHANNELS[0].create(ForgeConfig.model_validate(config), FakeContext())


async def test_pings_and_strangers_are_answered_and_kept_out() -> None:
    channel = make()
    answer = await channel.receive(signed(b'{"zen":"x","hook_id":1}', event="ping"))
    assert json.loads(answer.body) == {"ignored": "events of the kind ping"}
    form = make_request(PATH, b"payload=x", headers={**signed(b"payload=x").headers, "content-type": "application/x-www-form-urlencoded"})  # fmt: skip # noqa: E501
    with pytest.raises(BadRequest, match="application/json"):
        await channel.receive(form)


async def test_a_change_of_an_issue_that_is_no_report_opens_none() -> None:
    channel = make()
    closed = json.loads(hook(Letter())) | {"action": "closed"}
    body = json.dumps(closed).encode()
    answer = await channel.receive(signed(body, event="issues"))
    assert json.loads(answer.body) == {"ignored": "an issue that is no report"}
    await channel.receive(signed(hook(Letter())))
    answer = await channel.receive(signed(body, event="issues"))
    assert json.loads(answer.body) == {"reference": "R-1", "known": False}


@pytest.mark.parametrize("name", ["Gitea", "Forgejo"])
async def test_gitea_and_forgejo(name: str) -> None:
    channel = make(forge="gitea", api="https://git.example.org/api/v1")
    body = hook(Letter())
    digest = hmac.new(SIGNING.encode(), body, hashlib.sha256).hexdigest()
    headers = {f"X-{name}-Event": "issue_comment", f"X-{name}-Signature": digest}
    await channel.receive(make_request(PATH, body, headers=headers))
    assert channel._context.reports.messages[0].thread == "acme/parser#12"
    with pytest.raises(BadRequest) as refused:
        await channel.receive(make_request(PATH, body + b" ", headers=headers))
    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secrets": []}, "has none"),
        ({"forge": "gitea"}, "api: set it"),
        ({"api": "git.example.org"}, "base address"),
        ({"token": Secret("two words")}, "one word"),
        ({"form": {"Version": "colour"}}, "use one of who"),
        ({"app": {"id": "1", "installation": 1, "key": Secret("x")}}, "there is no token"),
        ({"token": None, "app": {"id": "1", "installation": 1, "key": Secret("x")}}, "RSA private key"),
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make(**changes)
