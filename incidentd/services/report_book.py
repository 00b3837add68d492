"""What a support channel instance is lent to put messages in, and to read its conversations back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from incidentd.domain.reports import State
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.support import Conversation, Received, Said, Taken
from incidentd.services.report_intake import ReportIntake
from incidentd.storage import report_messages, reports
from incidentd.storage.report_messages import MessageRow
from incidentd.storage.store import Store, StoreClosed


class LentReports:
    """The reports of one channel instance; implements `plugin.ReportBook`."""

    def __init__(self, intake: Callable[[], ReportIntake], store: Callable[[], Store], instance: str) -> None:
        self._intake = intake
        self._store = store
        self._instance = instance

    async def receive(self, message: Received) -> Taken:
        """Store a message. Raises `BadRequest` and `StoreUnavailable`."""
        return await self._intake().receive(self._instance, message)

    async def conversation(self, thread: str) -> Conversation | None:
        """What was said in a thread of this instance, None when nothing was. Raises `StoreUnavailable`."""
        try:
            return await self._store().read(lambda conn: _conversation(conn, self._instance, thread))
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("the conversation cannot be read now") from error


def _conversation(conn: Connection, channel: str, thread: str) -> Conversation | None:
    """As the customer may read it: neither notes nor names of ours, nor an answer that was taken back."""
    rows = report_messages.of_thread(conn, channel, thread)
    report = reports.get(conn, rows[-1].report_id) if rows else None
    if report is None:
        return None
    sent = report_messages.deliveries_of(conn, rows)
    withdrawn = {number for number, delivery in sent.items() if delivery.state == "cancelled"}
    files: dict[int, list[str]] = {}
    for one in report_messages.attached(conn, [row.id for row in rows]):
        files.setdefault(one.message_id, []).append(one.name)
    said = [_said(row, files.get(row.id, ())) for row in rows if row.delivery_id not in withdrawn]
    closed = report.state is State.CLOSED
    return Conversation(reference=report.reference, subject=rows[0].subject, closed=closed, messages=tuple(said))


def _said(row: MessageRow, files: Sequence[str]) -> Said:
    return Said(
        from_customer=row.direction == "in",
        text=row.text,
        at=row.at,
        automatic=row.automatic,
        attachments=tuple(files),
    )
