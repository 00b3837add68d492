"""What a channel is handed to send: a delivery, with what the conversation needs to stay one."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.plugin.support import Outgoing, OutgoingKind
from incidentd.plugin.values import PermanentFailure
from incidentd.storage import report_messages, reports
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.store import Store


class OutgoingMessages:
    """Reads what belongs to a delivery."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, row: DeliveryRow) -> Outgoing:
        """The message of a delivery to a customer. Raises `PermanentFailure` when there is no such message."""
        return await self._store.read(lambda conn: _outgoing(conn, row))


def _outgoing(conn: Connection, row: DeliveryRow) -> Outgoing:
    message = report_messages.of_delivery(conn, row.id)
    report = reports.get(conn, message.report_id) if message is not None else None
    if message is None or report is None:
        raise PermanentFailure(f"no report has message {row.id}")
    last = report_messages.last_in(conn, report.id, report.recipient)
    return Outgoing(
        idempotency_key=row.idempotency_key,
        kind=OutgoingKind(row.kind),
        reference=report.reference,
        thread=last.thread if last is not None else report.thread,
        recipient=row.address,
        subject=row.message.title,
        text=row.message.body,
        created_at=row.created_at,
        in_reply_to=last.external_id if last is not None else "",
        automatic=message.automatic,
        private=report.private,
        attempt=row.attempt,
    )
