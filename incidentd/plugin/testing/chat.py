"""A double of what responders do from a chat, and what every channel that has one must do. Needs pytest."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.chat import Announcement, Done, KeptMessage, RoomAct, RoomOrder, Verb
from incidentd.plugin.testing.sending import SAID, Rig
from incidentd.plugin.testing.source_conformance import HOSTILE_TEXTS
from incidentd.plugin.values import WebhookRequest


class RecordingChat:
    """Keeps what was done, once for a person and a verb; who is not in `people` is refused."""

    def __init__(self) -> None:
        self.people: dict[str, str] = {}  # handles by account
        self.acts: list[tuple[Verb, str, str, str]] = []  # verb, about, handle, severity
        self.presses = 0
        self.open: list[str] = []  # rooms
        self.kept: dict[str, KeptMessage] = {}
        self.unavailable = False
        self.hanging = False

    async def act(self, verb: Verb, about: str, user: str, *, severity: str = "") -> Done:
        """As the daemon would."""
        self.presses += 1
        if self.hanging:
            await asyncio.Event().wait()
        if self.unavailable:
            raise StoreUnavailable("the test's store is down")
        if user not in self.people:
            return Done(text="not known: write accounts into roster.toml", done=False)
        act = (verb, about, self.people[user], severity)
        if act in self.acts:
            return Done(text=f"done before by {self.people[user]}", done=True)
        self.acts.append(act)
        return Done(text=f"done by {self.people[user]}", done=True)

    async def rooms(self) -> Sequence[str]:
        """Those that the test opened."""
        if self.unavailable:
            raise StoreUnavailable("the test's store is down")
        return self.open

    async def keep(self, message: KeptMessage) -> bool:
        """Keep it once, where it is in an open room."""
        if self.unavailable:
            raise StoreUnavailable("the test's store is down")
        if message.room not in self.open or message.id in self.kept:
            return False
        self.kept[message.id] = message
        return True


class ChatConformance:
    """What every `ChatChannel` must do that hears presses by HTTP. Put it beside the other conformance classes."""

    place: str
    """The vendor's id of a channel."""
    known: str = "U0ADA"
    stranger: str = "U0EVE"

    @abstractmethod
    def press(self, rig: Rig, verb: Verb, about: str, user: str, severity: str = "") -> WebhookRequest:
        """A press, signed as the vendor signs."""

    @abstractmethod
    def told(self, rig: Rig, answer: Any) -> str:
        """What whoever pressed was told, and nobody else; "" for nothing. `answer` is that to the last press."""

    @abstractmethod
    def announced(self, rig: Rig) -> list[dict[str, Any]]:
        """The announcements that stand at the vendor: {"text", "buttons"}, oldest first."""

    @abstractmethod
    def room(self, rig: Rig, vendor_id: str) -> dict[str, Any]:
        """A room as it stands at the vendor: {"name", "topic", "people", "posts", "closed"}."""

    def order(self, act: RoomAct, **changes: Any) -> RoomOrder:
        """Something to do with a room."""
        usual = RoomOrder(idempotency_key=f"order-{act}", act=act, created_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        return msgspec.structs.replace(usual, **changes)

    def announcement(self, **changes: Any) -> Announcement:
        """A report that waits."""
        usual = Announcement(
            idempotency_key="announcement-1",
            about="report:12",
            reference="R-12",
            place=self.place,
            title="Cannot pay",
            text=f"From Grace (end user) by web\n{SAID}",
            created_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
            verbs=(Verb.ACKNOWLEDGE, Verb.DECLARE),
            severities=("SEV1", "SEV2"),
        )
        return msgspec.structs.replace(usual, **changes)

    async def _press(self, rig: Rig, verb: Verb, user: str, severity: str = "") -> Any:
        request = self.press(rig, verb, "report:12", user, severity)
        (route,) = (one for one in rig.adapter.routes() if one.path == request.path)
        return await route.handler(request)

    @pytest.mark.asyncio
    async def test_it_is_announced_with_buttons_and_brought_up_to_date(self, rig: Rig) -> None:
        """One message from the first word to the last."""
        receipt = await rig.adapter.announce(self.announcement())
        (shown,) = self.announced(rig)
        assert SAID in shown["text"]
        assert "R-12" in shown["text"]
        assert len(shown["buttons"]) == 2
        over = self.announcement(verbs=(), done=("ada: Acknowledged",), before=receipt.vendor_id, idempotency_key="b")
        assert (await rig.adapter.announce(over)).vendor_id == receipt.vendor_id
        (shown,) = self.announced(rig)
        assert "Acknowledged" in shown["text"]
        assert not shown["buttons"]

    @pytest.mark.asyncio
    @pytest.mark.parametrize("name", list(HOSTILE_TEXTS))
    async def test_hostile_words_are_announced_without_effect(self, rig: Rig, name: str) -> None:
        """Whoever reports chooses the words; `check_announced` may look closer."""
        text = HOSTILE_TEXTS[name]
        await rig.adapter.announce(self.announcement(title=text[:250], text=text, done=(text,)))
        (shown,) = self.announced(rig)
        self.check_announced(shown)

    def check_announced(self, shown: dict[str, Any]) -> None:
        """Raise `AssertionError` where an announcement mentions somebody or breaks the vendor's limits."""

    @pytest.mark.asyncio
    async def test_a_press_acts_as_the_person_once(self, rig: Rig) -> None:
        """A second press says what the first did."""
        rig.context.chat.people[self.known] = "ada"
        answer = await self._press(rig, Verb.ACKNOWLEDGE, self.known)
        assert self.told(rig, answer) == "done by ada"
        again = await self._press(rig, Verb.ACKNOWLEDGE, self.known)
        assert self.told(rig, again) == "done before by ada"
        await self._press(rig, Verb.DECLARE, self.known, "SEV2")
        assert rig.context.chat.acts == [
            (Verb.ACKNOWLEDGE, "report:12", "ada", ""),
            (Verb.DECLARE, "report:12", "ada", "SEV2"),
        ]

    @pytest.mark.asyncio
    async def test_a_stranger_is_refused_and_told_what_to_do(self, rig: Rig) -> None:
        """And nobody else reads it."""
        answer = await self._press(rig, Verb.ACKNOWLEDGE, self.stranger)
        assert "roster.toml" in self.told(rig, answer)
        assert rig.context.chat.acts == []

    @pytest.mark.asyncio
    async def test_a_press_while_nothing_can_be_stored_is_told(self, rig: Rig) -> None:
        """Nobody may believe that somebody has it."""
        rig.context.chat.people[self.known] = "ada"
        rig.context.chat.unavailable = True
        answer = await self._press(rig, Verb.ACKNOWLEDGE, self.known)
        assert "again" in self.told(rig, answer)
        assert rig.context.chat.acts == []

    @pytest.mark.asyncio
    async def test_a_room_is_opened_told_and_closed_and_nothing_is_done_twice(self, rig: Rig) -> None:
        """Each order a second time, as after an answer that was lost."""
        opened = await rig.adapter.arrange(self.order(RoomAct.OPEN, name="inc-7-checkout"))
        again = await rig.make({}).arrange(self.order(RoomAct.OPEN, name="inc-7-checkout", attempt=2))
        assert opened.vendor_id == again.vendor_id != ""
        assert opened.url.startswith("https://")
        orders = [
            self.order(RoomAct.INVITE, people=(self.known, self.stranger)),
            self.order(RoomAct.TOPIC, text="SEV2, active; next update 09:30 UTC"),
            self.order(RoomAct.POST, text=SAID),
            self.order(RoomAct.ARCHIVE),
        ]
        for one in orders:
            order = msgspec.structs.replace(one, room=opened.vendor_id)
            await rig.adapter.arrange(order)
            await rig.adapter.arrange(msgspec.structs.replace(order, attempt=2))
        found = self.room(rig, opened.vendor_id)
        assert found["name"] == "inc-7-checkout"
        assert "SEV2, active" in found["topic"]
        assert {self.known, self.stranger} <= set(found["people"])
        assert sum(SAID in one for one in found["posts"]) == 1
        assert found["closed"]

    @pytest.mark.asyncio
    @pytest.mark.parametrize("name", list(HOSTILE_TEXTS))
    async def test_hostile_words_in_a_room_have_no_effect(self, rig: Rig, name: str) -> None:
        """Titles and updates come from anybody."""
        opened = await rig.adapter.arrange(self.order(RoomAct.OPEN, name="inc-7-checkout"))
        for act in (RoomAct.TOPIC, RoomAct.POST):
            await rig.adapter.arrange(self.order(act, room=opened.vendor_id, text=HOSTILE_TEXTS[name]))
        self.check_room(self.room(rig, opened.vendor_id))

    def check_room(self, shown: dict[str, Any]) -> None:
        """Raise `AssertionError` where what stands in a room mentions somebody or breaks the vendor's limits."""
