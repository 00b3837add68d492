"""Conformance classes for support channels: what every channel must do, both ways.

A plugin's test module subclasses `ChannelConformance`, or `WebhookChannelConformance` where the vendor delivers by
HTTP, and puts `HttpSendingConformance` before it where the channel sends by HTTP:

    class TestRoom(HttpSendingConformance, WebhookChannelConformance): ...

Needs pytest and pytest-asyncio.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
from abc import abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

import aiohttp
import msgspec
import pytest

from incidentd.plugin import (
    AdapterType,
    BadRequest,
    Condition,
    Outgoing,
    OutgoingKind,
    PermanentFailure,
    Received,
    StoreUnavailable,
    SupportChannel,
    WebhookRequest,
)
from incidentd.plugin.testing.sending import SAID, Rig, SendingConformance
from incidentd.plugin.testing.source_conformance import BAD_BODIES, HOSTILE_TEXTS
from incidentd.plugin.testing.sources import FakeContext


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer writes, before it has the vendor's form. `id`, `thread` and `sender` stand for real ones:
    equal ones must become equal ones, different ones different ones.
    """

    id: str = "letter-1"
    thread: str = "talk-1"
    sender: str = "grace"
    text: str = SAID
    automatic: bool = False
    private: bool = False


class Outcome(enum.StrEnum):
    """What the vendor learns of a message that it delivered."""

    TAKEN = "taken"  # it will not deliver it again: a 2xx, a mail that is marked as seen
    REFUSED = "refused"  # it will not, and the channel has shown somewhere that it took nothing: a 4xx
    RETRY = "retry"  # it will: a 5xx, a mail that is still unseen


class ChannelConformance(SendingConformance):
    """What every channel must do.

    Set `adapter`, `secrets`, `recipient`, `thread` and `in_reply_to` (as the vendor writes them), fill in the hooks of
    this class and of `SendingConformance`. `check_format` gets what arrived at the vendor.
    """

    adapter: ClassVar[AdapterType[SupportChannel]]
    recipient: ClassVar[str]
    thread: ClassVar[str] = "talk-1"
    in_reply_to: ClassVar[str] = ""
    knows_automatic: ClassVar[bool] = True  # False where the vendor never says that a machine wrote
    knows_private: ClassVar[bool] = False  # True where a customer may write in private and in public
    bad_bodies: ClassVar[Mapping[str, bytes]] = BAD_BODIES

    @abstractmethod
    async def deliver(self, rig: Rig, letter: Letter) -> Outcome:
        """Let the vendor deliver `letter` to `rig.adapter` once, and tell what it learns. Must be safe to cancel."""

    @abstractmethod
    async def deliver_raw(self, rig: Rig, body: bytes) -> Outcome:
        """Let the vendor deliver something that is no good message, signed as it signs."""

    @abstractmethod
    def goes_to(self, sent: Any, received: Received) -> bool:
        """Whether `sent` reaches who wrote `received`, in the same conversation where the vendor knows such."""

    def is_public(self, sent: Any) -> bool:
        """Whether others than the customer can read `sent`."""
        return False

    def context(self, session: aiohttp.ClientSession) -> FakeContext:
        """A real session, recording reports, a clock to move."""
        return FakeContext(http=session)

    def message(self, **changes: Any) -> Outgoing:
        """The usual answer of a person to a customer."""
        usual = Outgoing(
            idempotency_key="report-7-message-41",
            kind=OutgoingKind.REPLY,
            reference="R-7",
            thread=self.thread,
            recipient=self.recipient,
            subject="Cannot pay",
            text=f"Thank you for writing. {SAID}; we work on it.",
            created_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
            in_reply_to=self.in_reply_to,
        )
        return msgspec.structs.replace(usual, **changes)

    def hostile(self, text: str) -> Outgoing:
        """`text` in every field that people write."""
        return self.message(text=text, subject=text[:250], idempotency_key=text[:200] + "k")

    def kept(self, rig: Rig) -> list[Received]:
        """What is on disk by now."""
        messages: list[Received] = rig.context.reports.messages
        return messages

    # ------------------------------------------------------------------ in
    async def test_announces_itself(self) -> None:
        """The type has an id fit for `type = "..."` and a summary for lists."""
        assert self.adapter.id.replace("-", "").replace("_", "").isalnum()
        assert self.adapter.summary

    async def test_a_message_is_on_disk_before_the_vendor_may_forget_it(self, rig: Rig) -> None:
        """It is kept with an id, a conversation, a sender and what it says."""
        assert await self.deliver(rig, Letter()) is Outcome.TAKEN
        (received,) = self.kept(rig)
        assert received.id
        assert received.thread
        assert received.sender
        assert SAID in received.text
        assert received.sent_at is None or received.sent_at.utcoffset() is not None

    async def test_a_message_that_comes_again_is_kept_once(self, rig: Rig) -> None:
        """Vendors deliver at least once, and after a restart too: the same message has the same id."""
        assert await self.deliver(rig, Letter()) is Outcome.TAKEN
        assert await self.deliver(rig, Letter()) is Outcome.TAKEN
        rig.adapter = rig.make({})
        assert await self.deliver(rig, Letter()) is Outcome.TAKEN
        assert len(self.kept(rig)) == 1

    async def test_equal_words_are_not_the_same_message(self, rig: Rig) -> None:
        """Somebody who writes twice has written twice."""
        await self.deliver(rig, Letter(id="a"))
        await self.deliver(rig, Letter(id="b"))
        assert len(self.kept(rig)) == 2

    async def test_a_conversation_stays_together(self, rig: Rig) -> None:
        """Its messages belong to one report, and another conversation to another."""
        reports = {}
        for letter in (Letter(id="a"), Letter(id="b"), Letter(id="c", thread="talk-2")):
            await self.deliver(rig, letter)
            reports[letter.id] = (await rig.context.reports.receive(self.kept(rig)[-1])).report_id
        assert reports["a"] == reports["b"] != reports["c"]

    async def test_senders_are_told_apart(self, rig: Rig) -> None:
        """The same customer has the same address, another another."""
        for letter in (Letter(id="a"), Letter(id="b"), Letter(id="c", thread="talk-2", sender="linus")):
            await self.deliver(rig, letter)
        first, second, other = (message.sender for message in self.kept(rig))
        assert first == second != other

    async def test_a_store_that_is_down_loses_nothing(self, rig: Rig) -> None:
        """The vendor learns that it must deliver again, and the message is kept once when it does."""
        rig.context.reports.unavailable = True
        assert await self.deliver(rig, Letter()) is Outcome.RETRY
        rig.context.reports.unavailable = False
        assert await self.deliver(rig, Letter()) is Outcome.TAKEN
        assert len(self.kept(rig)) == 1

    async def test_what_is_refused_blocks_nothing(self, rig: Rig) -> None:
        """A message that the daemon will never take is not delivered for ever, and the next one is taken."""
        rig.context.reports.refusing = True
        assert await self.deliver(rig, Letter(id="a")) is Outcome.REFUSED
        rig.context.reports.refusing = False
        assert await self.deliver(rig, Letter(id="b")) is Outcome.TAKEN
        assert len(self.kept(rig)) == 1

    async def test_cancelling_while_it_is_stored_loses_nothing(self, rig: Rig) -> None:
        """A daemon that ends half-way gets the message again, once."""
        rig.context.reports.hanging = True
        delivering = asyncio.create_task(self.deliver(rig, Letter()))
        async with asyncio.timeout(10):
            await rig.context.reports.asked.wait()
        delivering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            assert await delivering is not Outcome.TAKEN
        rig.context.reports.hanging = False
        assert await self.deliver(rig, Letter()) is Outcome.TAKEN
        assert len(self.kept(rig)) == 1

    async def test_machines_are_told_from_people(self, rig: Rig) -> None:
        """An auto-reply is kept and marked; what a person writes is not."""
        await self.deliver(rig, Letter())
        assert not self.kept(rig)[0].automatic
        if self.knows_automatic:
            assert await self.deliver(rig, Letter(id="b", automatic=True)) is Outcome.TAKEN
            assert self.kept(rig)[1].automatic

    async def test_what_is_private_is_marked(self, rig: Rig) -> None:
        """It must never be answered in public."""
        if self.knows_private:
            await self.deliver(rig, Letter(id="a", private=True))
            await self.deliver(rig, Letter(id="b", thread="talk-2"))
            assert [message.private for message in self.kept(rig)] == [True, False]

    @pytest.mark.parametrize("name", HOSTILE_TEXTS)
    async def test_hostile_text_is_kept_as_data(self, rig: Rig, name: str) -> None:
        """The message is kept, its words with it; making them harmless is the display's work."""
        text = f"before {HOSTILE_TEXTS[name]} after"
        assert await self.deliver(rig, Letter(text=text)) is Outcome.TAKEN
        (received,) = self.kept(rig)
        assert "before" in received.text
        assert "after" in received.text
        assert "\x00" not in received.text
        msgspec.json.encode(received).decode()

    async def test_bad_bodies_are_refused(self, rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
        """They store nothing, tell no secret, are not delivered for ever, and keep no good message from coming in."""
        caplog.set_level(logging.DEBUG)
        for name, body in self.bad_bodies.items():
            assert await self.deliver_raw(rig, body) is not Outcome.RETRY, name
            assert self.kept(rig) == [], name
        self.assert_no_secret(caplog.text, repr(rig.context.notes))
        assert await self.deliver(rig, Letter()) is Outcome.TAKEN

    async def test_it_tells_how_it_is(self, rig: Rig) -> None:
        """At any time, in one line without a secret."""
        rig.context.reports.unavailable = True
        for _ in range(2):
            condition = rig.adapter.condition()
            assert condition is None or isinstance(condition, Condition)
            assert condition is None or condition.text.isprintable()
            self.assert_no_secret(repr(condition))
            await self.deliver(rig, Letter())

    # ------------------------------------------------------------------ out
    @pytest.mark.parametrize("kind", list(OutgoingKind))
    async def test_every_kind_is_sent(self, rig: Rig, kind: OutgoingKind) -> None:
        """No kind is dropped, whether a person wrote it or not."""
        await rig.adapter.send(self.message(kind=kind))
        await rig.adapter.send(self.message(kind=kind, automatic=True, idempotency_key="other", in_reply_to=""))
        for sent in rig.vendor.sent():
            self.check_format(sent)
            assert self.shows(sent, SAID)

    async def test_answers_go_where_the_customer_wrote(self, rig: Rig) -> None:
        """To the sender of the message, in its conversation."""
        await self.deliver(rig, Letter())
        (received,) = self.kept(rig)
        before = len(rig.vendor.sent())
        await rig.adapter.send(self.message(thread=received.thread, recipient=received.sender, in_reply_to=received.id))
        (sent,) = rig.vendor.sent()[before:]
        assert self.goes_to(sent, received)

    async def test_what_is_private_is_never_sent_in_public(self, rig: Rig) -> None:
        """It goes to the customer alone, or not at all."""
        with contextlib.suppress(PermanentFailure):
            await rig.adapter.send(self.message(private=True))
        assert not any(self.is_public(sent) for sent in rig.vendor.sent())


class WebhookChannelConformance(ChannelConformance):
    """What a channel must do whose vendor delivers by HTTP."""

    @abstractmethod
    def request(self, rig: Rig, letter: Letter) -> WebhookRequest:
        """What the vendor sends for `letter`, signed as it signs, at `rig.context.now()`."""

    @abstractmethod
    def signed(self, rig: Rig, body: bytes) -> WebhookRequest:
        """The same with any body."""

    def forged(self, rig: Rig) -> WebhookRequest | None:
        """A good message that the vendor did not sign; None where it signs nothing."""
        return None

    async def deliver(self, rig: Rig, letter: Letter) -> Outcome:
        """Call the route as the listener does."""
        return await answer_of(rig.adapter, self.request(rig, letter))

    async def deliver_raw(self, rig: Rig, body: bytes) -> Outcome:
        """Call the route as the listener does."""
        return await answer_of(rig.adapter, self.signed(rig, body))

    async def test_routes_are_well_formed(self, rig: Rig) -> None:
        """Absolute paths, upper-case methods, a sane body limit, nothing declared twice."""
        routes = list(rig.adapter.routes())
        assert routes
        for route in routes:
            assert route.path.startswith("/"), route.path
            assert "?" not in route.path
            assert route.method == route.method.upper()
            assert 0 < route.max_body <= 64 * 1024 * 1024
        assert len({(route.method, route.path) for route in routes}) == len(routes)

    async def test_forged_messages_are_refused(self, rig: Rig) -> None:
        """Nobody else speaks in a customer's name."""
        request = self.forged(rig)
        if request is None:
            pytest.skip("this vendor signs nothing")
        assert await answer_of(rig.adapter, request) is Outcome.REFUSED
        assert self.kept(rig) == []


async def answer_of(channel: SupportChannel, request: WebhookRequest) -> Outcome:
    """What the vendor learns by the answer to `request`, made as the listener makes it.

    What a handler raises beside `BadRequest` and `StoreUnavailable` goes through and fails the test.
    """
    (handler,) = [one.handler for one in channel.routes() if (one.method, one.path) == (request.method, request.path)]
    try:
        status = (await handler(request)).status
    except BadRequest as error:
        status = error.status
    except StoreUnavailable:
        status = 503
    if 200 <= status < 300:
        return Outcome.TAKEN
    return Outcome.REFUSED if 400 <= status < 500 and status != 429 else Outcome.RETRY
