"""Storing how an attempt ended, and what follows from it: another try, the next contact method, the next step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Protocol

from incidentd.domain.display import safe_line
from incidentd.plugin.values import Receipt
from incidentd.services.delivery_events import facts, subject_of
from incidentd.services.escalation import Escalation
from incidentd.services.outbox import BUNDLE, Claimed
from incidentd.services.page_messages import COPY, PAGE
from incidentd.storage import claims, contacts, deliveries, outbox, pages
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.outbox import contact_of
from incidentd.storage.tx import Tx, Wake

_BACKOFF = (5, 10, 20, 40, 60, 120, 300, 600)
MAX_ATTEMPTS = 12
MAX_TEST_ATTEMPTS = 3
FALL_BACK_AFTER_ATTEMPTS = 2
FALL_BACK_AFTER = timedelta(seconds=45)
"""A page that is not out by then goes by the next contact method as well; with a poll it is within a minute."""


def backoff(attempt: int, retry_after: float | None) -> timedelta:
    """How long to wait after failed attempt number `attempt` (from 1)."""
    planned = _BACKOFF[min(attempt, len(_BACKOFF)) - 1]
    return timedelta(seconds=max(planned, min(retry_after or 0, 3600)))


class OrderOutcomes(Protocol):
    """What follows from an order to a channel: that it was carried out, or never will be."""

    def arrived(self, tx: Tx, row: DeliveryRow, receipt: Receipt) -> None: ...
    def failed(self, tx: Tx, row: DeliveryRow, error: str) -> None: ...


class Outcomes:
    """Each method is one outcome of a claimed message, stored with its events in one transaction.

    `arrived` hears of each message that went out, `undelivered` of each to a customer that never will.
    """

    def __init__(
        self,
        escalation: Escalation,
        arrived: Callable[[Tx, DeliveryRow], None] = lambda _tx, _row: None,
        undelivered: Callable[[Tx, DeliveryRow, str], None] = lambda _tx, _row, _why: None,
        chat: OrderOutcomes | None = None,
        issues: OrderOutcomes | None = None,
    ) -> None:
        self._escalation = escalation
        self._arrived = arrived
        self._undelivered = undelivered
        self._chat = chat
        self._issues = issues

    # ------------------------------------------------------------------ it went out
    def sent(self, tx: Tx, claimed: Claimed, receipt: Receipt, *, returned: bool = False) -> None:
        """The vendor took it. `returned`: its notifier was paused, so what waits for it is tried now, as one message
        to each contact."""
        if returned:
            outbox.release_notifier(tx, claimed.row.notifier)
        values = {
            "state": "delivered" if receipt.delivered else "sent",
            "sent_at": tx.now,
            "vendor_id": safe_line(receipt.vendor_id, 200),
            "error": "",
            "delivered_at": tx.now if receipt.delivered else None,
        }
        if not self._settle(tx, claimed, values):
            return
        if claimed.row.is_order:  # nobody was reached by it
            follower = self._chat if claimed.row.to_chat else self._issues
            if follower is not None:
                follower.arrived(tx, claimed.row, receipt)
            return
        for row in claimed.told:
            tx.emit("delivery.sent", subject_of(row), _facts(claimed, row, delivered=receipt.delivered))
            self._arrived(tx, row)
        if claimed.row.to_outside:
            return
        well = {"failures": 0, "last_ok_at": tx.now, "last_error": ""}
        tested = {"tested_at": tx.now} if claimed.row.kind == "test" else {}
        contacts.change(tx, contact_of(claimed.row), **well, **tested)

    # ------------------------------------------------------------------ it did not
    def try_again(
        self,
        tx: Tx,
        claimed: Claimed,
        error: str,
        retry_after: float | None = None,
        *,
        arrived: bool = False,
        down: bool = False,
    ) -> None:
        """It failed for now.

        `arrived`: it may have got through all the same, and keeps its key and its slot. `down`: its notifier is known
        to be in trouble, so the next method is used without a second try.
        """
        row = claimed.row
        if row.attempt >= (MAX_TEST_ATTEMPTS if row.kind == "test" else MAX_ATTEMPTS):
            self.give_up(tx, claimed, f"gave up after {row.attempt} attempts: {error}")
            return
        if not self._still_wanted(tx, claimed):
            self._settle(tx, claimed, {"state": "unknown" if arrived else "cancelled", "error": error})
            return
        due = tx.now + backoff(row.attempt, retry_after)
        if not claims.settle(tx, row, state="pending", due_at=due, error=error):
            return
        if row.is_order:
            tx.wake(Wake.DELIVERIES)
            return
        spent = self._give_up_parts(tx, claimed, error)
        for part in claimed.told:
            if part.id not in spent:
                tx.emit("delivery.retrying", subject_of(part), _facts(claimed, part, error=error, next_at=due))
        if not arrived:
            self._give_back(tx, row)
        tx.wake(Wake.DELIVERIES)
        if down or max(row.attempt, *(part.attempt for part in claimed.parts), 0) >= FALL_BACK_AFTER_ATTEMPTS:
            self.fall_back(tx, [row], error)

    def _give_up_parts(self, tx: Tx, claimed: Claimed, error: str) -> set[int]:
        """Those of a bundle that went in so many others before: each new one begins to count again. Their ids."""
        spent = [part for part in claimed.parts if part.attempt >= MAX_ATTEMPTS]
        for part in spent:
            text = f"gave up after {part.attempt} attempts: {error}"
            outbox.settle_part(tx, part, state="failed", error=text)
            self.failed(tx, Claimed(part), text)
        return {part.id for part in spent}

    def _still_wanted(self, tx: Tx, claimed: Claimed) -> bool:
        """Whether anybody still has to act on it; what is no page is always sent."""
        asked = [part for part in claimed.told if part.kind in (PAGE, COPY) and part.page_id is not None]
        if len(asked) < len(claimed.told):
            return True
        return any(_is_open(tx, part) for part in asked)

    def give_up(self, tx: Tx, claimed: Claimed, error: str) -> None:
        """It can never arrive."""
        if not self._settle(tx, claimed, {"state": "failed", "error": error}):
            return
        if claimed.row.is_order:
            self._order_failed(tx, claimed.row, error)
            return
        self._give_back(tx, claimed.row)
        self.failed(tx, claimed, error)

    def _order_failed(self, tx: Tx, row: DeliveryRow, error: str) -> None:
        if row.to_forge and self._issues is not None:
            self._issues.failed(tx, row, error)
        elif self._chat is not None and row.about.startswith("chat:incident:"):
            self._chat.failed(tx, row, error)
        else:
            tx.emit("chat.failed", subject_of(row), facts(row, error=error))

    def failed(self, tx: Tx, claimed: Claimed, error: str) -> None:
        """What follows from a failure for good, of an attempt or told by a late receipt."""
        if not claimed.row.to_outside:
            contacts.failed(tx, contact_of(claimed.row), error)
        for row in claimed.told:
            tx.emit("delivery.failed", subject_of(row), _facts(claimed, row, error=error))
            if row.about.startswith("report:"):
                self._undelivered(tx, row, error)
            page = pages.get(tx.conn, row.page_id, lock=True) if row.page_id is not None else None
            if page is not None:
                self._escalation.after_failure(tx, page, row)

    def fall_back(self, tx: Tx, rows: Iterable[DeliveryRow], error: str) -> None:
        """Use the next contact methods now, while these messages are tried on."""
        for row in rows:
            if outbox.mark_fallen_back(tx, row):
                for part in outbox.parts_of(tx.conn, row.id) if row.kind == BUNDLE else [row]:
                    self._next_method(tx, part, error)

    def _next_method(self, tx: Tx, row: DeliveryRow, error: str) -> None:
        if row.kind != "page" or row.page_id is None or not _is_open(tx, row):
            return
        self._escalation.watch(tx, row.page_id, row.created_at)
        if deliveries.hasten(tx, row.page_id, row.person):
            tx.emit("delivery.fallback", subject_of(row), facts(row, error=error))

    # ------------------------------------------------------------------ both
    def _settle(self, tx: Tx, claimed: Claimed, values: Mapping[str, Any]) -> bool:
        """Store the outcome, of what a bundle carries too; False when the attempt is no longer ours."""
        if not claims.settle(tx, claimed.row, **values):
            return False
        if claimed.row.kind == BUNDLE:
            for part in claimed.parts:
                outbox.settle_part(tx, part, **values)
        return True

    def _give_back(self, tx: Tx, row: DeliveryRow) -> None:
        """What did not arrive rang nobody: what waits behind it may go."""
        if contacts.give_back(tx, contact_of(row), row.id):
            outbox.release_contact(tx, contact_of(row))


def _is_open(tx: Tx, row: DeliveryRow) -> bool:
    page = pages.get(tx.conn, row.page_id) if row.page_id is not None else None
    return page is not None and page.state in ("open", "exhausted")


def _facts(claimed: Claimed, row: DeliveryRow, **more: Any) -> dict[str, Any]:
    carried = {"bundle": claimed.row.id, "sent_title": claimed.row.message.title, "of": len(claimed.parts)}
    return facts(row, **more, **(carried if claimed.row.kind == BUNDLE else {}), attempt=claimed.row.attempt)
