"""The Slack channel against a Slack on loopback."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

import incidentd_slack.channel
from incidentd.plugin import (
    BadRequest,
    PermanentFailure,
    Received,
    RoomAct,
    Secret,
    StoreUnavailable,
    TemporaryFailure,
    Verb,
    WebhookRequest,
)
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.testing import (
    ChatConformance,
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
from incidentd_slack.channel import ACTIONS, CHANNELS, COMMANDS, EVENTS
from incidentd_slack.config import SlackConfig

SIGNING, OLD, TOKEN = "8f742231b10e8888abcd99yyyzzz85a5", "signing-before", "xoxb-not-a-real-token"
NOW = 1_772_442_000  # 2026-03-02 09:00 UTC
ROOT = {"talk-1": "1772441900.000100", "talk-2": "1772441901.000100"}


def message(letter: Letter) -> dict[str, Any]:
    """A reply in a thread, as Slack tells of one."""
    return {
        "type": "message",
        "channel": "C0SUPPORT",
        "channel_type": "channel",
        "user": f"U0{letter.sender.upper()}",
        "text": letter.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "ts": f"17724419{int.from_bytes(letter.id.encode()) % 90 + 10}.000200",
        "thread_ts": ROOT[letter.thread],
        **({"bot_id": "B0OTHER", "subtype": "bot_message"} if letter.automatic else {}),
    }


def envelope(event: dict[str, Any]) -> bytes:
    document = {
        "type": "event_callback",
        "team_id": "T0ACME",
        "api_app_id": "A0INCIDENTD",
        "event_id": "Ev08MFMKH6",
        "event": event,
        "authorizations": [{"user_id": "U0BOT", "is_bot": True}],
    }
    return json.dumps(document).encode()


def signed(body: bytes, key: str = SIGNING, path: str = EVENTS, at: int = NOW) -> WebhookRequest:
    signature = hmac.new(key.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={signature}"}
    return make_request(path, body, headers=headers)


def command(text: str, **fields: str) -> WebhookRequest:
    form = {
        "command": "/incident",
        "text": text,
        "user_id": "U0GRACE",
        "user_name": "grace",
        "channel_id": "C0SUPPORT",
        "trigger_id": "1772441900.000100",  # even one that looks like a time of a message
        "response_url": "https://hooks.slack.com/commands/1/2",
    }
    return signed(urlencode(form | fields).encode(), path=COMMANDS)


def interaction(user: str, *actions: dict[str, Any], key: str = SIGNING) -> WebhookRequest:
    """What Slack posts when somebody presses a button below a message."""
    document = {
        "type": "block_actions",
        "user": {"id": user, "username": "ada", "team_id": "T0ACME"},
        "api_app_id": "A0INCIDENTD",
        "trigger_id": "12466734323.1395872398",
        "container": {"type": "message", "message_ts": "1772442000.000100", "channel_id": "C0ONCALL"},
        "channel": {"id": "C0ONCALL", "name": "oncall"},
        "response_url": "https://hooks.slack.com/actions/1/2",
        "actions": [{"block_id": "x", "action_ts": "1.2", **one} for one in actions],
    }
    return signed(urlencode({"payload": json.dumps(document)}).encode(), key=key, path=ACTIONS)


def shown(message: dict[str, Any]) -> dict[str, Any]:
    """A message as its readers see it."""
    texts = [one["text"]["text"] for one in message["blocks"] if one["type"] == "section"]
    texts += [part["text"] for one in message["blocks"] if one["type"] == "context" for part in one["elements"]]
    buttons = [part["action_id"] for one in message["blocks"] if one["type"] == "actions" for part in one["elements"]]
    return {"text": "\n".join(texts), "texts": texts, "buttons": buttons, "fallback": message["text"]}


class FakeSlack(RecordingServer):
    """Keeps what is posted, and knows one member."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []
        self.rooms: dict[str, dict[str, Any]] = {}
        self.taken: set[str] = set()  # names of channels that are not ours
        self.pinned: list[dict[str, Any]] = []
        self.told: list[tuple[str, str, str]] = []  # channel, user, text that nobody else sees

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
            since = float(asked["oldest"])
            listed = [one for one in self.messages if one["thread_ts"] == asked.get("ts", "")]
            return {"messages": [one for one in listed if float(one["ts"]) >= since]}
        if method in ("conversations.list", "pins.list", "chat.getPermalink"):
            return self.asked(method, asked)
        document = json.loads(body)
        if method.startswith("conversations.") or method == "auth.test":
            return self.arranged(method, document)
        if method == "chat.postEphemeral":
            self.told.append((document["channel"], document["user"], document["text"]))
            return {"message_ts": "1.1"}
        if method == "chat.update":
            (changed,) = (one for one in self.messages if one["ts"] == document["ts"])
            changed |= {"text": document["text"], "blocks": document["blocks"]}
            return {"channel": document["channel"], "ts": document["ts"]}
        channel = "D0GRACE" if document["channel"].startswith("U") else document["channel"]
        message = {"ts": f"17724420{len(self.messages):02}.000100", "metadata": document["metadata"]}
        kept = {
            "channel": channel,
            "text": document["text"],
            "thread_ts": document.get("thread_ts", ""),
            "blocks": document.get("blocks"),
        }
        self.messages.append(message | kept)
        return {"channel": channel, "ts": message["ts"], "message": message}

    def asked(self, method: str, asked: dict[str, str]) -> dict[str, Any]:
        if method == "conversations.list":
            found = [{"id": known, "name": one["name"], "created": NOW} for known, one in self.rooms.items()]
            last = asked.get("cursor") == "second"  # an empty page may be followed by others
            return {"channels": found if last else [], "response_metadata": {"next_cursor": "" if last else "second"}}
        if method == "pins.list":
            return {"items": [{"type": "message", "message": one} for one in self.pinned]}
        return {"permalink": f"https://acme.slack.com/archives/{asked['channel']}/p{asked['message_ts']}"}

    def arranged(self, method: str, document: dict[str, Any]) -> dict[str, Any]:
        if method == "auth.test":
            return {"url": "https://acme.slack.com/", "team": "Acme", "user": "incidentd", "user_id": "U0BOT"}
        if method == "conversations.create":
            if document["name"] in self.taken or document["name"] in [one["name"] for one in self.rooms.values()]:
                return {"ok": False, "error": "name_taken"}
            known = f"C0ROOM{len(self.rooms)}"
            self.rooms[known] = {"name": document["name"], "topic": "", "people": [], "closed": False}
            return {"channel": {"id": known, "name": document["name"], "created": NOW}}
        room = self.rooms[document["channel"]]
        if method == "conversations.invite":
            new = [one for one in document["users"].split(",") if one not in room["people"]]
            room["people"] += new
            return {"channel": {"id": document["channel"]}} if new else {"ok": False, "error": "already_in_channel"}
        if method == "conversations.setTopic":
            room["topic"] = document["topic"]
            return {"channel": {"id": document["channel"]}}
        assert method == "conversations.archive"
        was, room["closed"] = room["closed"], True
        return {"ok": False, "error": "already_archived"} if was else {}


class TestSlack(ChatConformance, HttpSendingConformance, WebhookChannelConformance):
    adapter = CHANNELS[0]
    server = FakeSlack
    secrets = (SIGNING, OLD, TOKEN)
    recipient = "U0GRACE"
    thread = f"C0SUPPORT/{ROOT['talk-1']}"
    place = "C0ONCALL"

    def configure(self, url: str) -> Mapping[str, Any]:
        secrets = [Secret(OLD), Secret(SIGNING)]
        return {"signing_secrets": secrets, "token": Secret(TOKEN), "api": url, "channels": {"C0SUPPORT": "shop"}}

    def is_message(self, sent: Recorded) -> bool:
        return sent.path.endswith("/chat.postMessage")

    def request(self, rig: Rig, letter: Letter) -> WebhookRequest:
        return signed(envelope(message(letter)))

    def signed(self, rig: Rig, body: bytes) -> WebhookRequest:
        return signed(body)

    def forged(self, rig: Rig) -> WebhookRequest:
        return signed(envelope(message(Letter())), key="guessed")

    def check_format(self, sent: Recorded) -> None:
        assert sent.headers["authorization"] == f"Bearer {TOKEN}"
        assert sent.headers["content-type"] == "application/json; charset=utf-8"
        document = json.loads(sent.body)
        assert document["channel"] == "C0SUPPORT"
        assert document["thread_ts"] == ROOT["talk-1"]
        assert document["mrkdwn"] is False
        assert 0 < len(document["text"]) <= 40_000
        assert not set("<>") & set(document["text"])

    def key_on_wire(self, sent: Recorded) -> str:
        return str(json.loads(sent.body)["metadata"]["event_payload"]["key"])

    def shows(self, sent: Recorded, text: str) -> bool:
        return text in json.loads(sent.body)["text"]

    def goes_to(self, sent: Recorded, received: Received) -> bool:
        document = json.loads(sent.body)
        return received.thread == f"{document['channel']}/{document['thread_ts']}"

    def is_public(self, sent: Recorded) -> bool:
        return not json.loads(sent.body)["channel"].startswith("U")

    def press(self, rig: Rig, verb: Verb, about: str, user: str, severity: str = "") -> WebhookRequest:
        chosen = {"selected_option": {"value": f"{about} {severity}"}} if verb is Verb.DECLARE else {"value": about}
        return interaction(user, {"action_id": verb, "type": "button", **chosen})

    def told(self, rig: Rig, answer: Any) -> str:
        channel, _, text = rig.vendor.server.told[-1]  # type: ignore[attr-defined]
        assert channel == self.place
        return str(text)

    def announced(self, rig: Rig) -> list[dict[str, Any]]:
        return [shown(one) for one in rig.vendor.server.messages]  # type: ignore[attr-defined]

    def check_announced(self, shown: dict[str, Any]) -> None:
        assert not set("<>") & set(shown["fallback"])
        assert all(0 < len(text) <= 3000 for text in shown["texts"])

    def room(self, rig: Rig, vendor_id: str) -> dict[str, Any]:
        server = rig.vendor.server  # type: ignore[attr-defined]
        posts = [one["text"] for one in server.messages if one["channel"] == vendor_id]
        return {**server.rooms[vendor_id], "posts": posts}

    def check_room(self, shown: dict[str, Any]) -> None:
        for text in (shown["topic"], *shown["posts"]):
            assert not set("<>") & set(text)
        assert len(shown["topic"]) <= 250
        assert all(0 < len(one) <= 40_000 for one in shown["posts"])

    async def test_a_name_that_is_taken_gets_an_end(self, rig: Rig) -> None:
        rig.vendor.server.taken = {"inc-7-checkout"}  # type: ignore[attr-defined]
        opened = await rig.adapter.arrange(self.order(RoomAct.OPEN, name="inc-7-checkout"))
        assert self.room(rig, opened.vendor_id)["name"].startswith("inc-7-checkout-")
        both = {"inc-7-checkout", self.room(rig, opened.vendor_id)["name"]}
        rig.vendor.server.taken = both  # type: ignore[attr-defined]
        failure = await failure_of(rig.adapter.arrange(self.order(RoomAct.OPEN, name="inc-7-checkout")))
        assert isinstance(failure, PermanentFailure)
        assert "rename or delete" in str(failure)

    async def test_what_is_pinned_or_marked_in_a_room_is_kept_once(self, rig: Rig) -> None:
        pinned = {
            "type": "message",
            "user": "U0GRACE",
            "text": "It is <https://x|DNS> &amp; more",
            "ts": "1772441950.000100",
        }
        item = {"type": "message", "channel": "C0ROOM0", "message": {**pinned, "permalink": "https://acme.slack.com/p"}}
        event = {"type": "pin_added", "user": "U0ADA", "channel_id": "C0ROOM0", "item": item, "event_ts": "1.1"}
        told = [json.loads((await rig.adapter.hear_event(signed(envelope(event)))).body)["pinned"]]
        rig.context.chat.open = ["C0ROOM0"]
        told += [json.loads((await rig.adapter.hear_event(signed(envelope(event)))).body)["pinned"] for _ in range(2)]
        assert told == ["no room of an incident", "kept", "kept before"]
        (kept,) = rig.context.chat.kept.values()
        assert (kept.text, kept.author, kept.author_name) == ("It is DNS (https://x) & more", "U0GRACE", "Grace Hopper")
        assert (kept.link, kept.at.timestamp()) == ("https://acme.slack.com/p", 1772441950.0001)
        marked = {"type": "message", "user": "U0ADA", "text": "rolled back", "ts": "1772441960.000100", "thread_ts": ""}
        rig.vendor.server.messages = [marked]  # type: ignore[attr-defined]
        for reaction, came in (("tada", "another reaction"), ("pushpin", "kept"), ("pushpin", "kept before")):
            event = {"type": "reaction_added", "user": "U0ADA", "reaction": reaction, "item_user": "U0ADA"}
            event |= {"item": {"type": "message", "channel": "C0ROOM0", "ts": marked["ts"]}}
            assert json.loads((await rig.adapter.hear_event(signed(envelope(event)))).body)["pinned"] == came
        link = rig.context.chat.kept["C0ROOM0/1772441960.000100"].link
        assert link == "https://acme.slack.com/archives/C0ROOM0/p1772441960.000100"

    async def test_pins_that_no_event_told_are_found(self, rig: Rig) -> None:
        rig.context.chat.open = ["C0ROOM0"]
        rig.vendor.server.pinned = [{"user": "U0ADA", "text": "found", "ts": "1772441970.000100"}]  # type: ignore[attr-defined]
        for _ in range(2):
            await rig.adapter._pins.look()
        assert [one.text for one in rig.context.chat.kept.values()] == ["found"]
        rig.context.chat.unavailable = True
        event = {"type": "pin_added", "item": {"channel": "C0ROOM0", "message": {"ts": "1.1", "user": "U0"}}}
        with pytest.raises(StoreUnavailable):
            await rig.adapter.hear_event(signed(envelope(event)))

    async def test_an_announcement_that_arrived_is_not_written_again(self, rig: Rig) -> None:
        first = await rig.adapter.announce(self.announcement())
        again = await rig.make({}).announce(self.announcement(attempt=2))
        other = await rig.adapter.announce(self.announcement(idempotency_key="another", attempt=2))
        assert first.vendor_id == again.vendor_id == "C0ONCALL/1772442000.000100/1772442000.000100"
        assert other.vendor_id != first.vendor_id

    async def test_other_actions_are_let_be_and_bad_ones_refused(self, rig: Rig) -> None:
        answer = await rig.adapter.hear_action(interaction("U0ADA", {"action_id": "of-another-app", "value": "x"}))
        assert (answer.status, rig.context.chat.presses) == (200, 0)
        for body in (b"", b"payload=%7B", b"other=1", b"payload=\xff", urlencode({"payload": "[" * 5000}).encode()):
            with pytest.raises(BadRequest) as refused:
                await rig.adapter.hear_action(signed(body, path=ACTIONS))
            assert refused.value.field == "payload"
        with pytest.raises(BadRequest, match="does not fit the body"):
            await rig.adapter.hear_action(interaction("U0ADA", {"action_id": "acknowledge"}, key="guessed"))

    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    async def test_taken(self, rig: Rig, status: int) -> None:
        """It is taken when Slack says `ok`, not when it says 200."""
        script(rig, Reply(status=200, body=b"<html>"))
        assert isinstance(await failure_of(rig.adapter.send(self.message())), UnknownOutcome)

    async def test_resend_carries_the_same_key(self, rig: Rig) -> None:
        """Better: a message that arrived is not written again, also by a new instance."""
        first = await rig.adapter.send(self.message())
        again = await rig.make({}).send(self.message(attempt=2))
        other = await rig.adapter.send(self.message(idempotency_key="another", attempt=2))
        assert first.vendor_id == again.vendor_id == f"C0SUPPORT/{ROOT['talk-1']}/1772442000.000100"
        assert other.vendor_id == f"C0SUPPORT/{ROOT['talk-1']}/1772442001.000100"

    @pytest.mark.parametrize(
        ("error", "outcome", "words"),
        [
            ("channel_not_found", PermanentFailure, "invite it"),
            ("missing_scope", PermanentFailure, "permission"),
            ("something_new", PermanentFailure, "something_new"),
            (f"<{TOKEN}>", PermanentFailure, "without a name"),
            ("ratelimited", TemporaryFailure, "ratelimited"),
            ("fatal_error", UnknownOutcome, "fatal_error"),
        ],
    )
    async def test_errors_by_name(self, rig: Rig, error: str, outcome: type[Exception], words: str) -> None:
        script(rig, Reply(body=json.dumps({"ok": False, "error": error}).encode()))
        failure = await failure_of(rig.adapter.send(self.message()))
        assert isinstance(failure, outcome)
        assert words in str(failure)
        self.assert_no_secret(str(failure))

    # ------------------------------------------------------------------ messages
    async def hear(self, rig: Rig, **fields: Any) -> Received:
        before = len(self.kept(rig))
        await rig.adapter.hear_event(signed(envelope({**message(Letter()), **fields})))
        (received,) = self.kept(rig)[before:]
        return received

    async def test_a_message_that_begins_a_thread_is_a_report(self, rig: Rig) -> None:
        text = "<@U0ADA> see <https://x.example/a?b&amp;c|the page> in <#C0OPS|ops> &lt;now&gt; <!here>"
        got = await self.hear(rig, ts="1772441905.000100", thread_ts="", text=text)
        assert (got.id, got.thread) == ("C0SUPPORT/1772441905.000100/1772441905.000100", "C0SUPPORT/1772441905.000100")
        assert got.text == "@U0ADA see the page (https://x.example/a?b&c) in #ops <now> @here"
        assert (got.sender_name, got.kind, got.tags, got.parent) == (
            "Grace Hopper", "internal_team", {"service": "shop"}, "",
        )  # fmt: skip

    async def test_replies_edits_files_and_our_own_people(self, rig: Rig) -> None:
        reply = await self.hear(rig, files=[{"name": "log.txt", "permalink": "https://acme.slack.com/f"}])
        assert reply.parent == f"C0SUPPORT/{ROOT['talk-1']}/{ROOT['talk-1']}"
        assert reply.text.endswith("\n[file: log.txt https://acme.slack.com/f]")
        after = {**message(Letter()), "text": "better words"}
        edited = await self.hear(rig, subtype="message_changed", message=after, previous_message={"text": "words"})
        assert (edited.text, edited.opens, edited.parent) == ("(edited) better words", False, reply.id)
        channel = rig.make({"responders": ["U0GRACE"]})
        await channel.hear_event(signed(envelope(message(Letter(id="b")))))
        assert (self.kept(rig)[-1].automatic, self.kept(rig)[-1].opens) == (True, False)

    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({"user": "U0BOT"}, "our own"),
            ({"bot_profile": {"app_id": "A0INCIDENTD"}, "bot_id": "B1"}, "our own"),
            ({"channel": "C0OTHER"}, "channels"),
            ({"subtype": "channel_join"}, "channel_join"),
            ({"subtype": "message_changed", "message": {"text": "a"}, "previous_message": {"text": "a"}}, "same"),
            ({"type": "reaction_added"}, "reaction_added"),
        ],
    )
    async def test_what_is_no_customers_word_is_ignored(self, rig: Rig, fields: dict[str, Any], why: str) -> None:
        answer = await rig.adapter.hear_event(signed(envelope({**message(Letter()), **fields})))
        assert why in json.loads(answer.body)["ignored"]
        assert self.kept(rig) == []

    async def test_a_name_that_cannot_be_had_holds_nothing_up(self, rig: Rig) -> None:
        script(rig, Reply(status=500))
        assert (await self.hear(rig)).sender_name == ""
        assert (await self.hear(rig, ts="1772441999.000100")).sender_name == "Grace Hopper"

    async def test_what_no_event_told_is_found_once(self, rig: Rig) -> None:
        def written(minutes: float, **fields: Any) -> dict[str, Any]:
            ts = f"{NOW + 60 * minutes:.6f}"
            return {"type": "message", "user": "U0GRACE", "text": f"at {minutes:g}", "ts": ts, "thread_ts": ""} | fields

        fake = rig.vendor.server  # type: ignore[attr-defined]
        root = written(-600, latest_reply=f"{NOW + 60 * 30:.6f}")
        below = [written(minutes, thread_ts=root["ts"]) for minutes in (-500, 20, 30)]
        ours = {"event_type": "incidentd_message", "event_payload": {"key": "k"}}
        fake.messages = [written(40), written(10, user="U0BOT2", metadata=ours), root, *below]
        await rig.adapter.look()
        assert self.kept(rig) == [], "what was there before is no report"
        rig.context.clock.advance(3600)
        rig.context.reports.unavailable = True
        await rig.adapter.look()
        assert "cannot look" in rig.adapter.condition().text
        rig.context.reports.unavailable = False
        for _ in range(2):
            await rig.adapter.look()
        assert rig.adapter.condition().well
        assert sorted(one.text for one in self.kept(rig)) == ["at 20", "at 30", "at 40"]
        assert {one.thread for one in self.kept(rig) if one.parent} == {f"C0SUPPORT/{root['ts']}"}
        assert self.kept(rig)[0].sender_name == "Grace Hopper"

    async def test_the_address_is_confirmed_and_replays_are_refused(self, rig: Rig) -> None:
        challenge = b'{"type":"url_verification","challenge":"3eZbrw1a"}'
        assert json.loads((await rig.adapter.hear_event(signed(challenge))).body) == {"challenge": "3eZbrw1a"}
        for at in (NOW - 301, NOW + 301):
            with pytest.raises(BadRequest, match="replay"):
                await rig.adapter.hear_event(signed(challenge, at=at))
        assert "2 refused (X-Slack-Request-Timestamp" in rig.adapter.condition().text

    # ------------------------------------------------------------------ the command and direct messages
    async def test_a_report_by_command_is_answered_in_a_direct_message(self, rig: Rig) -> None:
        answer = json.loads((await rig.adapter.hear_command(command("report Checkout is &lt;down&gt;"))).body)
        assert answer == {
            "response_type": "ephemeral",
            "text": "Thank you. This is R-1; you will be answered in a direct message.",
        }
        (got,) = self.kept(rig)
        assert (got.text, got.sender, got.sender_name, got.tags) == (
            "Checkout is <down>", "U0GRACE", "grace", {"service": "shop"},
        )  # fmt: skip
        first = self.message(thread=got.thread, in_reply_to=got.id)
        sent = await rig.adapter.send(first)
        again = await rig.make({}).send(self.message(thread=got.thread, in_reply_to=got.id, attempt=2))
        assert sent.vendor_id == again.vendor_id == "D0GRACE/1772442000.000100/1772442000.000100"
        (posted,) = [json.loads(one.body) for one in rig.vendor.sent()]
        assert (posted["channel"], "thread_ts" in posted) == ("U0GRACE", False)
        assert posted["text"].endswith("R-7")

        below = {"channel": "D0GRACE", "channel_type": "im", "thread_ts": "1772442000.000100"}
        reply = await self.hear(rig, **below, ts="1772442003.000100")
        assert reply.parent == sent.vendor_id
        await rig.adapter.send(self.message(thread=got.thread, in_reply_to=reply.id, idempotency_key="next"))
        posted = json.loads(rig.vendor.sent()[-1].body)
        assert (posted["channel"], posted["thread_ts"]) == ("D0GRACE", "1772442000.000100")

    @pytest.mark.parametrize("text", ["", "help", "report", "report  "])
    async def test_other_commands_tell_how_to_report(self, rig: Rig, text: str) -> None:
        answer = json.loads((await rig.adapter.hear_command(command(text))).body)
        assert "`/incident report`" in answer["text"]
        assert self.kept(rig) == []

    async def test_a_command_is_answered_in_time_whatever_the_store_does(
        self, rig: Rig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert incidentd_slack.channel.ANSWER_WITHIN < 3
        monkeypatch.setattr(incidentd_slack.channel, "ANSWER_WITHIN", 0.02)
        reports = rig.context.reports
        for fault, words in (("hanging", "again"), ("unavailable", "again"), ("refusing", "could not be taken")):
            setattr(reports, fault, True)
            answer = json.loads((await asyncio.wait_for(rig.adapter.hear_command(command("report x")), 2)).body)
            assert words in answer["text"]
            setattr(reports, fault, False)
        with pytest.raises(BadRequest):
            await rig.adapter.hear_command(signed(b"\xff", path=COMMANDS))

    async def test_a_direct_message_begins_a_conversation_where_it_is_wanted(self, rig: Rig) -> None:
        direct = {**message(Letter()), "channel": "D0GRACE", "channel_type": "im", "thread_ts": ""}
        await rig.adapter.hear_event(signed(envelope(direct)))
        await rig.adapter.send(self.message(thread=self.kept(rig)[0].thread, private=True))
        assert json.loads(rig.vendor.sent()[0].body)["channel"] == "D0GRACE"
        answer = await rig.make({"direct": False}).hear_event(signed(envelope(direct)))
        assert "ignored" in json.loads(answer.body)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signing_secrets": []}, "has none"),
        ({"token": Secret("two words")}, "one word"),
        ({"channels": {"#support": ""}}, "id of a channel"),
        ({"responders": ["ada"]}, "id of a member"),
        ({"api": "slack.com"}, "base address"),
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any], words: str) -> None:
    good = {"signing_secrets": [Secret(SIGNING)], "token": Secret(TOKEN)}
    with pytest.raises(ValueError, match=words):
        SlackConfig.model_validate(good | changes)
