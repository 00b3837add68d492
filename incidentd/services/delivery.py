"""The delivery worker: claims due messages, hands them to notifiers, and stores how it ended."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import structlog

from incidentd.domain.display import safe_line
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.values import (
    Notification,
    NotificationKind,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    Urgency,
)
from incidentd.pluginhost.running import NotifierTimeout
from incidentd.services.escalation import Escalation
from incidentd.services.workers import Loop, seconds_until
from incidentd.storage import deliveries, pages
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx, Wake

LEASE = timedelta(seconds=60)
"""Longer than any notifier may take, so that a live node never loses a message it is still sending."""
_BACKOFF = (5, 10, 20, 40, 60, 120, 300, 600)
MAX_ATTEMPTS = 12
IN_FLIGHT = 32  # messages that one notifier sends at once
_ERROR = 500  # characters of a failure's text that are kept
log = structlog.get_logger("incidentd.delivery")


class Sender(Protocol):
    """The plugin host's side: one notifier instance by name, with its time limit and health."""

    async def send(self, instance: str, notification: Notification) -> Receipt: ...


def backoff(attempt: int, retry_after: float | None) -> timedelta:
    """How long to wait after failed attempt number `attempt` (from 1)."""
    planned = _BACKOFF[min(attempt, len(_BACKOFF)) - 1]
    return timedelta(seconds=max(planned, min(retry_after or 0, 3600)))


class DeliveryWorker:
    """Sends what is in the outbox.

    `acknowledge_url` makes the signed link of a page for a person, `thread` the name of a page's thread.
    """

    def __init__(
        self,
        store: Store,
        sender: Sender,
        escalation: Escalation,
        acknowledge_url: Callable[[int, str], str | None],
        thread: Callable[[int], str],
        node: str,
    ) -> None:
        self._store = store
        self._sender = sender
        self._escalation = escalation
        self._acknowledge_url = acknowledge_url
        self._thread = thread
        self._node = node
        self._sending: set[asyncio.Task[None]] = set()
        self._in_flight: Counter[str] = Counter()
        self.loop = Loop("deliveries", self._work)
        store.on_wake[Wake.DELIVERIES] = self.loop.wake

    async def _work(self) -> float | None:
        now = self._store.clock.now()
        due = await self._store.read(lambda conn: deliveries.due_notifiers(conn, now))
        if not due:
            return seconds_until(await self._store.read(deliveries.next_due), now)
        rooms = {name: room for name in due if (room := IN_FLIGHT - self._in_flight[name]) > 0}
        if not rooms:
            return None  # the end of a send wakes the loop
        claimed = await self._store.write(lambda tx: self._claim(tx, rooms))
        for delivery in claimed:
            self._in_flight[delivery.notifier] += 1
            task = asyncio.create_task(self._send(delivery))
            self._sending.add(task)
            task.add_done_callback(partial(self._done, delivery.notifier))
        return 0.0 if claimed else None

    def _claim(self, tx: Tx, rooms: Mapping[str, int]) -> list[DeliveryRow]:
        """Each notifier has room of its own, so that one that hangs holds up no other."""
        return [
            delivery
            for name, room in rooms.items()
            for delivery in deliveries.claim(tx, self._node, LEASE, room, notifier=name)
        ]

    def _done(self, notifier: str, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._in_flight[notifier] -= 1
        self.loop.wake()

    async def drain(self, limit: float) -> None:
        """Let what is being sent finish, for at most `limit` seconds; the rest is sent again after the lease."""
        await self.loop.stop()
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=limit)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _notification(self, delivery: DeliveryRow) -> Notification:
        page = delivery.page_id
        link = self._acknowledge_url(page, delivery.person) if page is not None and delivery.kind == "page" else None
        return Notification(
            idempotency_key=delivery.idempotency_key,
            thread=self._thread(page) if page is not None else delivery.idempotency_key,
            kind=NotificationKind(delivery.kind),
            urgency=Urgency(delivery.message.urgency),
            recipient=delivery.person,
            address=delivery.address,
            title=delivery.message.title,
            body=delivery.message.body,
            reason=delivery.message.reason,
            labels=delivery.message.labels,
            created_at=delivery.created_at,
            acknowledge_url=link,
            attempt=delivery.attempt,
        )

    async def _send(self, delivery: DeliveryRow) -> None:
        try:
            outcome = await self._attempt(delivery)
            await self._store.write(outcome)
        except Exception as error:  # the outcome is not stored: the lease runs out and it is sent again
            log.error("delivery_outcome_lost", delivery=delivery.id, error=repr(error))

    async def _attempt(self, delivery: DeliveryRow) -> Callable[[Tx], None]:
        """Send once; returns the command that stores how it ended."""
        try:
            receipt = await self._sender.send(delivery.notifier, self._notification(delivery))
        except TemporaryFailure as failure:
            text, wait = safe_line(str(failure), _ERROR), failure.retry_after
            return lambda tx: self._try_again(tx, delivery, text, wait)
        except PermanentFailure as failure:
            text = safe_line(str(failure), _ERROR)
            return lambda tx: self._give_up(tx, delivery, text)
        except Exception as error:
            # It may have arrived: sent again with the same idempotency key.
            text = safe_line(f"{deliveries.UNCLEAR}: {_named(error)}", _ERROR)
            return lambda tx: self._try_again(tx, delivery, text, None)
        return lambda tx: self._sent(tx, delivery, receipt)

    def _sent(self, tx: Tx, delivery: DeliveryRow, receipt: Receipt) -> None:
        state = "delivered" if receipt.delivered else "sent"
        vendor_id = safe_line(receipt.vendor_id, 200)
        if deliveries.settle(tx, delivery, state=state, sent_at=tx.now, vendor_id=vendor_id, error=""):
            tx.emit("delivery.sent", subject_of(delivery), _facts(delivery, delivered=receipt.delivered))

    def _try_again(self, tx: Tx, delivery: DeliveryRow, error: str, retry_after: float | None) -> None:
        if delivery.attempt >= MAX_ATTEMPTS:
            self._give_up(tx, delivery, f"gave up after {delivery.attempt} attempts: {error}")
            return
        page = pages.get(tx.conn, delivery.page_id) if delivery.page_id is not None else None
        if page is not None and delivery.kind == "page" and page.state not in ("open", "exhausted"):
            state = "unknown" if error.startswith(deliveries.UNCLEAR) else "cancelled"
            deliveries.settle(tx, delivery, state=state, error=error)
            return
        due = tx.now + backoff(delivery.attempt, retry_after)
        if deliveries.settle(tx, delivery, state="pending", due_at=due, error=error):
            tx.emit("delivery.retrying", subject_of(delivery), _facts(delivery, error=error, next_at=due))
            tx.wake(Wake.DELIVERIES)

    def _give_up(self, tx: Tx, delivery: DeliveryRow, error: str) -> None:
        if not deliveries.settle(tx, delivery, state="failed", error=error):
            return
        tx.emit("delivery.failed", subject_of(delivery), _facts(delivery, error=error))
        page = pages.get(tx.conn, delivery.page_id, lock=True) if delivery.page_id is not None else None
        if page is not None:
            self._escalation.after_failure(tx, page, delivery)


def _named(error: Exception) -> str:
    """The words of outcomes that are meant to be read; of other errors the name only: their text may hold a URL."""
    return str(error) if isinstance(error, (UnknownOutcome, NotifierTimeout)) else type(error).__name__


def subject_of(delivery: DeliveryRow) -> str:
    """What the delivery's events are about: its page, or the notifier that is being tested."""
    return f"notifier:{delivery.notifier}" if delivery.page_id is None else f"page:{delivery.page_id}"


def _facts(delivery: DeliveryRow, **more: Any) -> dict[str, Any]:
    return {
        "delivery": delivery.id,
        "kind": delivery.kind,
        "person": delivery.person,
        "notifier": delivery.notifier,
        "attempt": delivery.attempt,
        "title": delivery.message.title,
        "body": delivery.message.body,
        **more,
    }
