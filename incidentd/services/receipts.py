"""What a vendor says later about a message: it arrived, it was read, or it never will."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from incidentd.domain.display import safe_line
from incidentd.plugin.values import ReceiptOutcome
from incidentd.services.delivery_events import facts, subject_of
from incidentd.services.delivery_outcomes import Outcomes
from incidentd.services.outbox import BUNDLE, Claimed
from incidentd.storage import deliveries, outbox
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx

_DETAIL = 500
_OUT = ("sent", "delivered", "unknown")


class Receipts:
    """Stores late outcomes. One that is told twice, or that contradicts an arrival, changes nothing."""

    def __init__(self, store: Store, outcomes: Outcomes) -> None:
        self._store = store
        self._outcomes = outcomes

    async def report(
        self, instance: str, outcome: ReceiptOutcome, *, idempotency_key: str, vendor_id: str, detail: str
    ) -> bool:
        """False when `instance` sent no such message."""
        text = safe_line(detail, _DETAIL)

        def command(tx: Tx) -> bool:
            row = deliveries.sent_by(tx, instance, idempotency_key, vendor_id)
            if row is None:
                return False
            if outcome is ReceiptOutcome.FAILED:
                self._failed(tx, row, text)
            else:
                _arrived(tx, row, outcome, text)
            return True

        return await self._store.write(command)

    def _failed(self, tx: Tx, row: DeliveryRow, text: str) -> None:
        """What waits or is being sent again has its own outcome to come; what arrived cannot fail any more."""
        if row.state not in _OUT or row.delivered_at is not None:
            return
        claimed = _with_parts(tx, row)
        error = f"its vendor reported later: {text or 'not delivered'}"
        _store(tx, claimed, state="failed", error=error)
        self._outcomes.failed(tx, claimed, error)


def _arrived(tx: Tx, row: DeliveryRow, outcome: ReceiptOutcome, text: str) -> None:
    read = outcome is ReceiptOutcome.READ
    if row.attempt == 0 or (row.read_at if read else row.delivered_at) is not None:
        return
    claimed = _with_parts(tx, row)
    values: dict[str, Any] = {"state": "delivered", "error": "", "lease_until": None}
    values |= {"sent_at": row.sent_at or tx.now, "delivered_at": row.delivered_at or tx.now}
    _store(tx, claimed, **values | ({"read_at": tx.now} if read else {}))
    for told in claimed.told:
        tx.emit("delivery.receipt", subject_of(told), facts(told, outcome=str(outcome), detail=text))


def _with_parts(tx: Tx, row: DeliveryRow) -> Claimed:
    carried = outbox.carried_by(tx.conn, row.id) if row.kind == BUNDLE else []
    return Claimed(row, tuple(part for part in carried if part.state != "cancelled"))


def _store(tx: Tx, claimed: Claimed, **values: Any) -> None:
    for row in {one.id: one for one in (claimed.row, *claimed.parts)}.values():
        outbox.settle_part(tx, row, **values)


class LentReceipts:
    """The receipts of one notifier instance; implements `plugin.ReceiptBook`."""

    def __init__(self, receipts: Receipts, instance: str, public_url: Callable[[], str]) -> None:
        self._receipts = receipts
        self._instance = instance
        self._public_url = public_url

    @property
    def url(self) -> str:
        """Where this instance's routes are reached; "" when no public address is known."""
        base = self._public_url().rstrip("/")
        return f"{base}/receipts/{self._instance}" if base else ""

    async def report(
        self, outcome: ReceiptOutcome, *, idempotency_key: str = "", vendor_id: str = "", detail: str = ""
    ) -> bool:
        """Store what the vendor said about a message of this instance."""
        return await self._receipts.report(
            self._instance, outcome, idempotency_key=idempotency_key, vendor_id=vendor_id, detail=detail
        )
