"""The delivery worker: claims due messages, hands them to notifiers, and stores how it ended."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Protocol

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError

from incidentd.domain.display import safe_line
from incidentd.domain.reachability import NotifierState
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.support import Outgoing
from incidentd.plugin.values import (
    Notification,
    NotificationKind,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    Urgency,
)
from incidentd.pluginhost.sending import NotifierTimeout, Quarantined
from incidentd.services.chat_sending import ChatMessages, ChatSender
from incidentd.services.delivery_outcomes import FALL_BACK_AFTER, Outcomes
from incidentd.services.issue_sending import IssueMessages, IssueSender
from incidentd.services.outbox import BUNDLE, Claimed, Outbox
from incidentd.services.page_messages import COPY, PAGE
from incidentd.services.report_outgoing import OutgoingMessages
from incidentd.services.subscriber_letters import SubscriberLetters
from incidentd.services.workers import Loop, seconds_until
from incidentd.storage import claims, deliveries
from incidentd.storage import outbox as storage_outbox
from incidentd.storage.store import Store
from incidentd.storage.trouble import is_trouble
from incidentd.storage.tx import Tx, Wake

IN_FLIGHT = 32  # messages that one notifier sends at once
_ERROR = 500  # characters of a failure's text that are kept
KEEP_TRIES, KEEP_PAUSE = 60, 1.0
"""How often, and how many seconds apart, it is tried to store what became of a message: for as long as its lease."""
STUCK = f"not out within {FALL_BACK_AFTER.total_seconds():g} s"
log = structlog.get_logger("incidentd.delivery")


class Sender(ChatSender, IssueSender, Protocol):
    """The plugin host's side: one notifier or channel instance by name, with its time limit and health."""

    async def send(self, instance: str, notification: Notification) -> Receipt: ...
    async def write(self, instance: str, outgoing: Outgoing) -> Receipt: ...
    def capabilities(self, instance: str) -> Collection[str]: ...
    def state(self, instance: str) -> NotifierState: ...


class MessageLinks(msgspec.Struct, frozen=True):
    """What a message says about acknowledging: one link for all of it, and lines for each page of several."""

    url: str | None = None
    lines: tuple[str, ...] = ()


class Links(Protocol):
    """Makes signed links."""

    def of(self, claimed: Claimed) -> MessageLinks: ...
    def thread(self, page_id: int) -> str: ...


class DeliveryWorker:
    """Sends what is in the outbox. `links` makes the signed links of a message, and the name of a page's thread.

    `already` knows the receipts of messages that were sent by their key while the store was away.
    """

    def __init__(
        self,
        store: Store,
        sender: Sender,
        outbox: Outbox,
        outcomes: Outcomes,
        links: Links,
        letters: SubscriberLetters,
    ) -> None:
        self._letters = letters
        self._outgoing = OutgoingMessages(store)
        self._chat = ChatMessages(store, sender)
        self._issues = IssueMessages(store, sender)
        self._store = store
        self._sender = sender
        self._outbox = outbox
        self._outcomes = outcomes
        self._links = links
        self.already: Callable[[str], Receipt | None] = lambda _key: None
        self._sending: set[asyncio.Task[None]] = set()
        self._in_flight: Counter[str] = Counter()
        self.loop = Loop("deliveries", self._work)
        store.on_wake[Wake.DELIVERIES] = self.loop.wake

    async def _work(self) -> float | None:
        now = self._store.clock.now()
        await self._fall_back_of_stuck(now)
        due = await self._store.read(lambda conn: claims.due_notifiers(conn, now))
        if not due:
            return seconds_until(await self._store.read(claims.next_due), now)
        rooms = {name: room for name in due if (room := IN_FLIGHT - self._in_flight[name]) > 0}
        if not rooms:
            return None  # the end of a send wakes the loop
        claimed = await self._store.write(lambda tx: self._outbox.claim(tx, rooms))
        for one in claimed:
            self._in_flight[one.row.notifier] += 1
            task = asyncio.create_task(self._send(one))
            self._sending.add(task)
            task.add_done_callback(partial(self._done, one.row.notifier))
        return 0.0 if claimed else None

    async def _fall_back_of_stuck(self, now: datetime) -> None:
        """A notifier that hangs, or is so busy that a message was never tried, must not keep a person unaware."""
        stuck = await self._store.read(lambda conn: storage_outbox.stuck(conn, now - FALL_BACK_AFTER))
        if stuck:
            await self._store.write(lambda tx: self._outcomes.fall_back(tx, stuck, STUCK))

    def _done(self, notifier: str, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._in_flight[notifier] -= 1
        self.loop.wake()

    def send_nothing(self, tx: Tx) -> None:
        """Count what is due as sent at once, without a notifier: in a world where time is virtual."""
        while claimed := self._outbox.claim(tx, dict.fromkeys(claims.due_notifiers(tx.conn, tx.now), IN_FLIGHT)):
            for one in claimed:
                self._outcomes.sent(tx, one, Receipt())

    async def drain(self, limit: float) -> None:
        """Let what is being sent finish, for at most `limit` seconds; the rest is sent again after the lease."""
        await self.loop.stop()
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=limit)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _notification(self, claimed: Claimed) -> Notification:
        row = claimed.row
        links = self._links.of(claimed)
        return Notification(
            idempotency_key=row.idempotency_key,
            thread=self._links.thread(row.page_id) if row.page_id is not None else row.idempotency_key,
            kind=_kind(claimed),
            urgency=Urgency(row.message.urgency),
            recipient=row.person,
            address=row.address,
            title=row.message.title,
            body="\n".join([row.message.body, *links.lines]),
            reason=row.message.reason,
            labels=row.message.labels,
            created_at=row.created_at,
            acknowledge_url=links.url,
            attempt=row.attempt,
            calendar=row.message.calendar,
        )

    async def _send(self, claimed: Claimed) -> None:
        try:
            await self._keep(await self._attempt(claimed))
        except Exception as error:  # the outcome is not stored: the lease runs out and it is sent again
            log.error("delivery_outcome_lost", delivery=claimed.row.id, error=repr(error))

    async def _keep(self, outcome: Callable[[Tx], None]) -> None:
        """Store how it ended, also when the store is away for a while: else what arrived would be sent again.

        Once the lease ran out another attempt counts, and this outcome changes nothing.
        """
        for _ in range(KEEP_TRIES):
            try:
                await self._store.write(outcome)
                return
            except (DBAPIError, OSError) as error:
                if not is_trouble(error):
                    raise
            await asyncio.sleep(KEEP_PAUSE)
        await self._store.write(outcome)

    async def _hand_over(self, claimed: Claimed) -> Receipt:
        row = claimed.row
        if (receipt := self.already(row.idempotency_key)) is not None:
            return receipt
        if row.to_chat:
            return await self._chat.send(row)
        if row.to_forge:
            return await self._issues.send(row)
        if row.to_customer:
            return await self._sender.write(row.notifier, await self._outgoing.of(row))
        if row.to_subscriber:
            return await self._sender.send(row.notifier, await self._letters.of(row))
        return await self._sender.send(row.notifier, self._notification(claimed))

    async def _attempt(self, claimed: Claimed) -> Callable[[Tx], None]:
        """Send once; returns the command that stores how it ended."""
        outcomes = self._outcomes
        paused = self._sender.state(claimed.row.notifier).state == "quarantined"
        try:
            receipt = await self._hand_over(claimed)
        except TemporaryFailure as failure:
            text, wait = _reason(failure, claimed) or "no reason was given", failure.retry_after
            down = isinstance(failure, Quarantined)
            if claimed.unclear:  # it keeps its key: an earlier attempt may have got through
                text = safe_line(f"{deliveries.UNCLEAR}: then {text}", _ERROR)
            return lambda tx: outcomes.try_again(tx, claimed, text, wait, arrived=claimed.unclear, down=down)
        except PermanentFailure as failure:
            text = _reason(failure, claimed)
            return lambda tx: outcomes.give_up(tx, claimed, text)
        except Exception as error:
            # It may have arrived: sent again with the same idempotency key.
            text = safe_line(f"{deliveries.UNCLEAR}: {_named(error)}", _ERROR)
            return lambda tx: outcomes.try_again(tx, claimed, text, arrived=True)
        return lambda tx: outcomes.sent(tx, claimed, receipt, returned=paused)


def _reason(failure: Exception, claimed: Claimed) -> str:
    """What a notifier says; a mail server repeats the address, and that of a subscriber stands in no event."""
    text, row = str(failure), claimed.row
    if row.to_subscriber:
        text = re.sub(re.escape(row.address), "the address", text, flags=re.IGNORECASE)
    return safe_line(text, _ERROR)


def _named(error: Exception) -> str:
    """The words of outcomes that are meant to be read; of other errors the name only: their text may hold a URL."""
    return str(error) if isinstance(error, (UnknownOutcome, NotifierTimeout)) else type(error).__name__


def _kind(claimed: Claimed) -> NotificationKind:
    kinds = {part.kind for part in claimed.told}
    if claimed.row.kind == BUNDLE or kinds & {COPY, "last_resort"}:
        return NotificationKind.PAGE if kinds & {PAGE, COPY, "last_resort"} else NotificationKind.UPDATE
    return NotificationKind(claimed.row.kind)
