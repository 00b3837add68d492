"""The Discord channel against a Discord on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import incidentd_discord.channel
from incidentd.plugin import (
    BadRequest,
    PermanentFailure,
    Received,
    RoomAct,
    Secret,
    TemporaryFailure,
    Verb,
    WebhookRequest,
)
from incidentd.plugin.testing import (
    ChatConformance,
    HttpSendingConformance,
    Letter,
    Outcome,
    Recorded,
    RecordingServer,
    Reply,
    Rig,
    WebhookChannelConformance,
    make_request,
    script,
)
from incidentd.plugin.testing.sending import failure_of
from incidentd_discord.channel import CHANNELS, PATH
from incidentd_discord.config import DiscordConfig
from incidentd_discord.writing import plain

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TOKEN, INTERACTION_TOKEN = "MTk4NjIyNDgzNDcx.bot-token", "aW50ZXJhY3Rpb24-token"
PUBLIC = KEY.public_key().public_bytes_raw().hex()
GRACE, ROOM = "100000000000000001", "200000000000000001"
TALKS = {"talk-1": f"{ROOM}/300000000000000001", "talk-2": f"{ROOM}/300000000000000002"}
BOT, GUILD = "500000000000000001", "600000000000000001"
NOW = 1_772_442_000  # 2026-03-02 09:00 UTC


def signed(body: bytes, key: Ed25519PrivateKey = KEY, at: int = NOW) -> WebhookRequest:
    signature = key.sign(str(at).encode() + body).hex()
    return make_request(PATH, body, headers={"X-Signature-Ed25519": signature, "X-Signature-Timestamp": str(at)})


def interaction(kind: int, data: dict[str, Any], **more: Any) -> WebhookRequest:
    document = {
        "id": "400000000000000001",
        "application_id": "500000000000000001",
        "type": kind,
        "token": INTERACTION_TOKEN,
        "guild_id": "600000000000000001",
        "channel_id": ROOM,
        "member": {"user": {"id": GRACE, "username": "grace", "global_name": "Grace Hopper"}, "roles": []},
        "data": data,
        "version": 1,
    }
    return signed(json.dumps(document | more).encode())


def form(custom_id: str, fields: Mapping[str, str]) -> dict[str, Any]:
    rows = [{"type": 1, "components": [{"type": 4, "custom_id": name, "value": text}]} for name, text in fields.items()]
    return {"custom_id": custom_id, "components": rows}


def answer_of(response: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(response.body)
    return document


class FakeDiscord(RecordingServer):
    """Keeps messages, each nonce once, and opens direct channels."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, dict[str, Any]] = {}
        self.rooms: dict[str, dict[str, Any]] = {}
        self.pinned: list[dict[str, Any]] = []

    def arranged(self, request: Recorded) -> Any:
        """What is asked about rooms, and done to them; None for other requests."""
        parts = request.path.strip("/").split("/")
        if request.path == "/users/@me":
            return {"id": BOT, "username": "incidentd"}
        if parts[0] == "guilds" and request.method == "GET":
            return [{"id": known, "name": one["name"], "type": 0} for known, one in self.rooms.items()]
        if parts[0] == "guilds":
            known = str((NOW * 1000 - 1_420_070_400_000 << 22) + len(self.rooms))
            self.rooms[known] = {"topic": "", "people": [], "closed": False, **json.loads(request.body)}
            return {"id": known, "type": 0}
        if parts[-1] == "pins":
            return {"items": [{"pinned_at": "2026-03-02T09:00:00Z", "message": one} for one in self.pinned]}
        if parts[0] == "channels" and len(parts) == 2:
            self.rooms[parts[1]] |= json.loads(request.body)
            return {"id": parts[1]}
        if len(parts) == 4 and parts[2] == "permissions":
            document = json.loads(request.body)
            if document["type"] == 0:
                self.rooms[parts[1]]["closed"] = bool(int(document["deny"]) & 1 << 11)
            else:
                self.rooms[parts[1]]["people"].append(parts[3])
            return {}
        return None

    def reply(self, request: Recorded) -> Reply:
        if (found := self.arranged(request)) is not None:
            return Reply(body=json.dumps(found).encode())
        document = json.loads(request.body)
        if request.path == "/users/@me/channels":
            return Reply(body=json.dumps({"id": f"9{document['recipient_id']}", "type": 1}).encode())
        if request.path.startswith("/webhooks/"):
            return Reply(body=b'{"id":"700000000000000001"}')
        if request.method == "PATCH":
            (changed,) = (one for one in self.messages.values() if request.path.endswith(f"/messages/{one['id']}"))
            changed |= document
            return Reply(body=json.dumps({"id": changed["id"]}).encode())
        assert len(document["nonce"]) <= 25
        assert document["enforce_nonce"] is True
        message = {**document, "id": str(800_000_000_000_000_000 + len(self.messages))}
        return Reply(body=json.dumps(self.messages.setdefault(document["nonce"], message)).encode())


class TestDiscord(ChatConformance, HttpSendingConformance, WebhookChannelConformance):
    adapter = CHANNELS[0]
    server = FakeDiscord
    secrets = (TOKEN, INTERACTION_TOKEN)
    recipient = GRACE
    thread = TALKS["talk-1"]
    place, known, stranger = "200000000000000009", GRACE, "100000000000000002"
    knows_automatic = False  # bots cannot use interactions

    @pytest.fixture(autouse=True)
    def _impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(incidentd_discord.channel, "_CLOSING", 0.2)  # of a store that hangs for ever

    def configure(self, url: str) -> Mapping[str, Any]:
        return {"public_key": PUBLIC, "token": Secret(TOKEN), "api": url, "answers": "channel", "rooms_guild": GUILD}

    def is_message(self, sent: Recorded) -> bool:
        return sent.path.endswith("/messages")

    def request(self, rig: Rig, letter: Letter) -> WebhookRequest:
        author = {"user": {"id": f"1{int.from_bytes(letter.sender.encode()) % 10**17:017}", "username": letter.sender}}
        number = f"4{int.from_bytes(letter.id.encode()) % 10**17:017}"
        data = form(f"reply:{TALKS[letter.thread]}", {"text": letter.text})
        return interaction(5, data, id=number, member=author)

    def signed(self, rig: Rig, body: bytes) -> WebhookRequest:
        return signed(body)

    def forged(self, rig: Rig) -> WebhookRequest:
        return signed(self.request(rig, Letter()).body, key=Ed25519PrivateKey.from_private_bytes(bytes(32)))

    async def deliver(self, rig: Rig, letter: Letter) -> Outcome:
        """Discord delivers an interaction once: whoever wrote it is asked to write it again."""
        content = answer_of(await rig.adapter.hear(self.request(rig, letter)))["data"]["content"]
        if "again" in content:
            return Outcome.RETRY
        return Outcome.REFUSED if "could not be taken" in content else Outcome.TAKEN

    def check_format(self, sent: Recorded) -> None:
        assert sent.headers["authorization"] == f"Bot {TOKEN}"
        assert sent.headers["user-agent"].startswith("DiscordBot (https://")
        document = json.loads(sent.body)
        assert document["allowed_mentions"] == {"parse": []}
        assert len(document.get("content", "")) <= 2000
        boxes = [box["description"] for box in document.get("embeds", ())]
        assert document.get("content") or boxes
        assert all(0 < len(box) <= 4096 for box in boxes)
        assert sum(map(len, boxes)) <= 6000
        (button,) = document["components"][0]["components"]
        assert len(button["custom_id"]) <= 100

    def key_on_wire(self, sent: Recorded) -> str:
        return str(json.loads(sent.body)["nonce"])

    def shows(self, sent: Recorded, text: str) -> bool:
        return text in json.loads(sent.body).get("content", "").replace("\\", "")

    def goes_to(self, sent: Recorded, received: Received) -> bool:
        return sent.path == f"/channels/{received.thread.split('/')[0]}/messages"

    def is_public(self, sent: Recorded) -> bool:
        return sent.path == f"/channels/{ROOM}/messages"

    def press(self, rig: Rig, verb: Verb, about: str, user: str, severity: str = "") -> WebhookRequest:
        chosen = {"component_type": 3, "values": [severity]} if verb is Verb.DECLARE else {"component_type": 2}
        member = {"user": {"id": user, "username": "ada"}}
        return interaction(3, {"custom_id": f"act:{verb}:{about}", **chosen}, member=member, channel_id=self.place)

    def told(self, rig: Rig, answer: Any) -> str:
        document = answer_of(answer)
        assert (document["type"], document["data"]["flags"]) == (4, 64), "nobody else sees it"
        return str(document["data"]["content"])

    def announced(self, rig: Rig) -> list[dict[str, Any]]:
        messages = rig.vendor.server.messages.values()  # type: ignore[attr-defined]
        return [
            {
                "text": one["content"].replace("\\", ""),
                "raw": one["content"],
                "buttons": [part["custom_id"] for row in one["components"] for part in row["components"]],
                "mentions": one["allowed_mentions"],
            }
            for one in messages
        ]

    def room(self, rig: Rig, vendor_id: str) -> dict[str, Any]:
        sent = [one for one in rig.vendor.sent() if one.path == f"/channels/{vendor_id}/messages"]
        posts = list({document["nonce"]: document for document in (json.loads(one.body) for one in sent)}.values())
        called = [one for document in posts for one in document["allowed_mentions"]["users"]]
        room = rig.vendor.server.rooms[vendor_id]  # type: ignore[attr-defined]
        return {
            **room,
            "topic": room["topic"].replace("\\", ""),
            "people": [*room["people"], *called],
            "posts": [one["content"].replace("\\", "") for one in posts],
            "raw": posts,
        }

    def check_room(self, shown: dict[str, Any]) -> None:
        assert len(shown["topic"]) <= 1024
        for one in shown["raw"]:
            assert one["allowed_mentions"] == {"parse": [], "users": []}
            assert 0 < len(one["content"]) <= 2000

    async def test_a_private_room_is_seen_by_who_is_invited(self, rig: Rig) -> None:
        channel = rig.make({"private_rooms": True, "rooms_category": "600000000000000002"})
        opened = await channel.arrange(self.order(RoomAct.OPEN, name="inc-7"))
        room = rig.vendor.server.rooms[opened.vendor_id]  # type: ignore[attr-defined]
        assert room["parent_id"] == "600000000000000002"
        assert [(one["id"], one["deny"]) for one in room["permission_overwrites"]] == [(GUILD, "1024"), (BOT, "0")]
        await channel.arrange(self.order(RoomAct.INVITE, room=opened.vendor_id, people=(GRACE, "no id")))
        assert room["people"] == [GRACE]
        nowhere = rig.make({"rooms_guild": ""}).arrange(self.order(RoomAct.OPEN, name="inc-7"))
        assert "rooms_guild" in str(await failure_of(nowhere))

    async def test_pinned_and_chosen_messages_are_kept_once(self, rig: Rig) -> None:
        rig.context.chat.open = [ROOM]
        author = {"id": GRACE, "username": "grace", "global_name": "Grace Hopper"}
        said = {"id": "700000000000000009", "content": "It is DNS", "author": author}
        said["timestamp"] = "2026-03-02T08:59:00.000000+00:00"
        rig.vendor.server.pinned = [said]  # type: ignore[attr-defined]
        for _ in range(2):
            await rig.adapter._rooms.look()
        (kept,) = rig.context.chat.kept.values()
        assert (kept.text, kept.author, kept.author_name, kept.at.minute) == ("It is DNS", GRACE, "Grace Hopper", 59)
        assert kept.link == f"https://discord.com/channels/{GUILD}/{ROOM}/700000000000000009"
        chosen = said | {"id": "700000000000000010"}
        data = {"type": 3, "name": "Keep in the timeline", "target_id": chosen["id"]}
        data["resolved"] = {"messages": {chosen["id"]: chosen}}  # type: ignore[assignment]
        answers = [answer_of(await rig.adapter.hear(interaction(2, data)))["data"]["content"] for _ in range(2)]
        assert answers == [
            "It is in the timeline now.",
            "It is in the timeline already, or this is no room of an incident.",
        ]

    def check_announced(self, shown: dict[str, Any]) -> None:
        assert 0 < len(shown["raw"]) <= 2000
        assert shown["mentions"] == {"parse": []}
        assert all(len(one) <= 100 for one in shown["buttons"])

    async def test_an_announcement_that_is_sent_again_is_one(self, rig: Rig) -> None:
        first = await rig.adapter.announce(self.announcement())
        again = await rig.make({}).announce(self.announcement(attempt=2))
        assert first.vendor_id == again.vendor_id == f"{self.place}/800000000000000000"
        assert len(self.announced(rig)) == 1

    async def test_a_button_that_is_not_known_does_nothing(self, rig: Rig) -> None:
        for custom_id in ("act:explode:report:12", "act:", "of-another-app"):
            answer = await rig.adapter.hear(interaction(3, {"custom_id": custom_id, "component_type": 2}))
            assert "not known" in self.told(rig, answer)
        assert rig.context.chat.presses == 0

    # ------------------------------------------------------------------ in
    async def test_a_ping_is_answered_and_replays_are_refused(self, rig: Rig) -> None:
        assert answer_of(await rig.adapter.hear(signed(b'{"id":"1","type":1}'))) == {"type": 1}
        for at in (NOW - 301, NOW + 301):
            with pytest.raises(BadRequest, match="replay"):
                await rig.adapter.hear(signed(b'{"id":"1","type":1}', at=at))
        condition = rig.adapter.condition()
        assert "2 refused" in condition.text
        assert condition.well

    async def test_the_command_alone_shows_a_form_which_reports(self, rig: Rig) -> None:
        shown = answer_of(await rig.adapter.hear(interaction(2, {"name": "report"})))
        assert (shown["type"], shown["data"]["custom_id"]) == (9, "report")
        fields = [row["components"][0] for row in shown["data"]["components"]]
        assert all(len(field["label"]) <= 45 for field in fields)
        assert len(fields) <= 5
        written = {field["custom_id"]: f"about {field['custom_id']}" for field in fields} | {"since": " "}
        said = answer_of(await rig.adapter.hear(interaction(5, form("report", written))))
        assert said["data"]["content"] == "Thank you. This is R-1; you will be answered in this channel."
        assert said["data"]["flags"] == 64
        (got,) = self.kept(rig)
        assert (got.text, got.sender, got.sender_name, got.kind) == ("about text", GRACE, "Grace Hopper", "end_user")
        assert got.answers == {name: f"about {name}" for name in ("expected", "reproduce", "scope")}
        assert got.thread == f"{ROOM}/400000000000000001"

    async def test_the_command_with_its_options_reports_at_once(self, rig: Rig) -> None:
        channel = rig.make({"services": {ROOM: "shop"}, "answers": "direct"})
        options = [{"name": "text", "type": 3, "value": "Cannot pay"}, {"name": "since", "type": 3, "value": "noon"}]
        alone = {"member": None, "user": {"id": GRACE, "username": "grace"}, "guild_id": None}
        said = answer_of(await channel.hear(interaction(2, {"name": "report", "options": options}, **alone)))
        assert "by direct message" in said["data"]["content"]
        (got,) = self.kept(rig)
        assert (got.text, got.answers, got.tags) == ("Cannot pay", {"since": "noon"}, {"service": "shop"})

    async def test_the_button_of_an_answer_asks_for_the_next_one(self, rig: Rig) -> None:
        sent = await rig.adapter.send(self.message())
        button = json.loads(rig.vendor.sent()[0].body)["components"][0]["components"][0]["custom_id"]
        shown = answer_of(await rig.adapter.hear(interaction(3, {"custom_id": button, "component_type": 2})))
        assert (shown["type"], shown["data"]["custom_id"]) == (9, f"reply:{self.thread}")
        label = {"type": 18, "component": {"type": 4, "custom_id": "text", "value": "since noon"}}
        data = {"custom_id": shown["data"]["custom_id"], "components": [label]}
        await rig.adapter.hear(interaction(5, data, message={"id": sent.vendor_id}))
        (got,) = self.kept(rig)
        assert (got.thread, got.parent, got.text) == (self.thread, "800000000000000000", "since noon")

    async def test_what_is_not_known_and_other_servers_are_told_so(self, rig: Rig) -> None:
        for kind, data in (
            (2, {"name": "other"}),
            (3, {"custom_id": "x"}),
            (5, {"custom_id": "x"}),
            (4, {"name": "report"}),
        ):
            assert "not known here" in answer_of(await rig.adapter.hear(interaction(kind, data)))["data"]["content"]
        elsewhere = rig.make({"guilds": ["600000000000000002"]})
        refused = answer_of(await elsewhere.hear(interaction(5, form("report", {"text": "x"}))))
        assert "not taken on this server" in refused["data"]["content"]
        with pytest.raises(BadRequest):
            await rig.adapter.hear(interaction(5, form("reply:../x", {"text": "x"})))
        assert self.kept(rig) == []

    async def test_a_slow_store_is_told_of_later(self, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
        assert incidentd_discord.channel.ANSWER_WITHIN < 3
        monkeypatch.setattr(incidentd_discord.channel, "ANSWER_WITHIN", 0.01)
        go, receive = asyncio.Event(), rig.context.reports.receive

        async def slowly(message: Received) -> Any:
            await go.wait()
            return await receive(message)

        rig.context.reports.receive = slowly
        said = answer_of(await rig.adapter.hear(interaction(5, form("report", {"text": "x"}))))
        assert said == {"type": 5, "data": {"flags": 64}}
        go.set()
        await rig.adapter.close()
        told = rig.vendor.server.requests[-1]  # type: ignore[attr-defined]
        assert told.path == f"/webhooks/500000000000000001/{INTERACTION_TOKEN}"
        assert "R-1" in json.loads(told.body)["content"]
        assert "authorization" not in told.headers

    # ------------------------------------------------------------------ out
    async def test_answers_go_to_the_customer_alone_by_default(self, rig: Rig) -> None:
        channel = rig.make({"answers": "direct"})
        for key in ("a", "b"):
            await channel.send(self.message(idempotency_key=key))
        assert {sent.path for sent in rig.vendor.sent()} == {f"/channels/9{GRACE}/messages"}
        opened = [one for one in rig.vendor.server.requests if one.path == "/users/@me/channels"]  # type: ignore[attr-defined]
        assert [json.loads(one.body) for one in opened] == [{"recipient_id": GRACE}]

    async def test_a_resend_is_the_same_message(self, rig: Rig) -> None:
        first = await rig.adapter.send(self.message())
        again = await rig.make({}).send(self.message(attempt=2))
        assert first.vendor_id == again.vendor_id == "800000000000000000"

    async def test_errors_tell_what_to_do(self, rig: Rig) -> None:
        script(rig, Reply(status=403, body=b'{"message":"Cannot send messages to this user","code":50007}'))
        error = await failure_of(rig.adapter.send(self.message()))
        assert isinstance(error, PermanentFailure)
        assert str(error) == "HTTP 403: Discord error 50007: the customer takes no direct messages from this server"
        script(rig, Reply(status=429, body=b'{"message":"x","retry_after":64.57,"global":false}'))
        error = await failure_of(rig.adapter.send(self.message()))
        assert isinstance(error, TemporaryFailure)
        assert error.retry_after == 64.57
        assert isinstance(await failure_of(rig.adapter.send(self.message(thread="../x"))), PermanentFailure)

    async def test_long_answers_stay_whole(self, rig: Rig) -> None:
        text = "words of an answer " * 250
        await rig.adapter.send(self.message(text=text))
        boxes = json.loads(rig.vendor.sent()[0].body)["embeds"]
        assert "".join(box["description"] for box in boxes).startswith(text.strip())


def test_markup_and_mentions_have_no_effect() -> None:
    shown = plain("<@1> **b** @everyone [a](b) https://x.example/a_b_c # h")
    assert shown == r"\<\@1\> \*\*b\*\* \@everyone \[a\]\(b\) https://x.example/a_b_c \# h"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"public_key": "00"}, "64 hexadecimal"),
        ({"token": Secret("two words")}, "one word"),
        ({"guilds": ["my server"]}, "no id"),
        ({"services": {"general": "shop"}}, "no id"),
        ({"api": "discord.com"}, "base address"),
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any], words: str) -> None:
    good = {"public_key": PUBLIC, "token": Secret(TOKEN)}
    with pytest.raises(ValueError, match=words):
        DiscordConfig.model_validate(good | changes)
