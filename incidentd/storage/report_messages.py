"""The conversation of a report: messages in both directions, notes of our own, and what was attached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert, select, text, update

from incidentd.storage.deliveries import HAS_VENDOR_ID, DeliveryRow
from incidentd.storage.deliveries import row as delivery
from incidentd.storage.schema import deliveries
from incidentd.storage.schema_support import attachments, report_messages, reports
from incidentd.storage.tx import Tx


class MessageRow(msgspec.Struct, frozen=True, kw_only=True):
    """One message as stored. `external_id` is the channel's own id of it."""

    id: int
    report_id: int
    direction: str
    kind: str
    channel: str
    external_id: str
    thread: str
    sender: str
    sender_name: str
    subject: str
    text: str
    automatic: bool
    verified: bool
    at: datetime
    sent_at: datetime | None
    author: str
    delivery_id: int | None
    once: str


class AttachmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an attachment without reading it."""

    id: int
    message_id: int
    name: str
    media_type: str
    size: int


_FIXED: dict[str, Any] = {
    "external_id": "", "thread": "", "sender": "", "sender_name": "", "subject": "", "automatic": False,
    "verified": False, "sent_at": None, "author": "", "delivery_id": None, "once": "",
}  # fmt: skip
_KNOWN_OF = tuple(attachments.c[name] for name in AttachmentRow.__struct_fields__)


_CAME_IN = text("report_messages.direction = 'in'")
"""As a condition, word for word that of the index: only so SQLite uses it."""
# Built once: to build a statement costs several times what it costs to run it, and a broadcast runs these often.
_ADD = insert(report_messages).returning(report_messages)
_TOLD = (
    select(report_messages.c.id)
    .where(report_messages.c.report_id == bindparam("of_report"))
    .where(report_messages.c.once.in_(bindparam("some", expanding=True)))
)


def _message(row: Row[Any]) -> MessageRow:
    return MessageRow(**{name: getattr(row, name) for name in MessageRow.__struct_fields__})


def add(tx: Tx, report_id: int, **values: Any) -> MessageRow:
    """Store a message."""
    new = {**_FIXED, "report_id": report_id, "at": tx.now, **values}
    return _message(tx.conn.execute(_ADD, new).one())


def received(conn: Connection, channel: str, external_id: str) -> MessageRow | None:
    """A message from outside by the channel's own id."""
    mine = (report_messages.c.channel == channel) & (report_messages.c.external_id == external_id)
    row = conn.execute(select(report_messages).where(mine, _CAME_IN)).one_or_none()
    return None if row is None else _message(row)


def report_of_message(conn: Connection, channel: str, external_id: str) -> int | None:
    """The report that the message with a channel's own id, in either direction, belongs to."""
    if not external_id:
        return None
    theirs = received(conn, channel, external_id)
    if theirs is not None:
        return theirs.report_id
    ours = select(report_messages.c.report_id).join(deliveries, deliveries.c.id == report_messages.c.delivery_id)
    ours = ours.where(deliveries.c.vendor_id == external_id, HAS_VENDOR_ID, deliveries.c.notifier == channel)
    return conn.execute(ours.order_by(report_messages.c.id.desc()).limit(1)).scalar_one_or_none()


def report_of_thread(conn: Connection, channel: str, thread: str) -> int | None:
    """The report that a conversation belongs to: that of its newest message."""
    columns = report_messages.c
    mine = (columns.channel == channel) & (columns.thread == thread)
    query = select(columns.report_id).where(mine).order_by(columns.id.desc()).limit(1)
    return conn.execute(query).scalar_one_or_none() if thread else None


def of_reports(conn: Connection, report_ids: Sequence[int]) -> list[MessageRow]:
    """Every message of some reports, oldest first."""
    query = select(report_messages).where(report_messages.c.report_id.in_(report_ids)).order_by(report_messages.c.id)
    return [_message(row) for row in conn.execute(query)]


def of_delivery(conn: Connection, delivery_id: int) -> MessageRow | None:
    """The message that a delivery carries."""
    row = conn.execute(select(report_messages).where(report_messages.c.delivery_id == delivery_id)).one_or_none()
    return None if row is None else _message(row)


def of_thread(conn: Connection, channel: str, thread: str) -> list[MessageRow]:
    """What was said in one conversation of a channel, both ways and without notes, oldest first."""
    columns = report_messages.c
    mine = (columns.channel == channel) & (columns.thread == thread) & columns.direction.in_(("in", "out"))
    return [_message(row) for row in conn.execute(select(report_messages).where(mine).order_by(columns.id))]


def last_in(conn: Connection, report_id: int, sender: str) -> MessageRow | None:
    """The newest message that a report has from an address."""
    mine = (report_messages.c.report_id == report_id) & (report_messages.c.direction == "in")
    mine &= report_messages.c.sender == sender
    query = select(report_messages).where(mine).order_by(report_messages.c.id.desc()).limit(1)
    row = conn.execute(query).one_or_none()
    return None if row is None else _message(row)


def deliveries_of(conn: Connection, messages: Iterable[MessageRow]) -> dict[int, DeliveryRow]:
    """The deliveries of messages that went out, by their id."""
    ids = [one.delivery_id for one in messages if one.delivery_id is not None]
    return {row.id: delivery(row) for row in conn.execute(select(deliveries).where(deliveries.c.id.in_(ids)))}


def receipts_since(conn: Connection, channel: str, since: datetime) -> list[str]:
    """Whom a channel has sent receipts to since then: the addresses."""
    columns = report_messages.c
    query = select(reports.c.recipient).join(report_messages, columns.report_id == reports.c.id)
    mine = (columns.channel == channel) & (columns.direction == "out") & (columns.kind == "receipt")
    return list(conn.execute(query.where(mine, columns.at > since)).scalars())


def told(conn: Connection, report_id: int, *once: str) -> bool:
    """Whether a report's customer was told of any of some things that are told once."""
    return conn.execute(_TOLD, {"of_report": report_id, "some": once}).first() is not None


def move(tx: Tx, ids: Sequence[int], report_id: int) -> int:
    """Let messages belong to another report; returns how many were moved."""
    statement = update(report_messages).where(report_messages.c.id.in_(ids)).values(report_id=report_id)
    return tx.conn.execute(statement).rowcount


# ------------------------------------------------------------------ attachments
def attach(tx: Tx, message_id: int, name: str, media_type: str, data: bytes) -> None:
    """Keep an attachment; nothing ever opens it."""
    values = {"name": name, "media_type": media_type, "size": len(data), "data": data}
    tx.conn.execute(insert(attachments).values(message_id=message_id, **values))


def attached(conn: Connection, message_ids: Sequence[int]) -> list[AttachmentRow]:
    """What is attached to some messages."""
    query = select(*_KNOWN_OF).where(attachments.c.message_id.in_(message_ids)).order_by(attachments.c.id)
    return [AttachmentRow(**row._asdict()) for row in conn.execute(query)]


def attachment(conn: Connection, report_id: int, attachment_id: int) -> tuple[AttachmentRow, bytes] | None:
    """An attachment of a report with its content."""
    mine = (attachments.c.id == attachment_id) & (report_messages.c.report_id == report_id)
    query = select(*_KNOWN_OF, attachments.c.data).join(
        report_messages, report_messages.c.id == attachments.c.message_id
    )
    row = conn.execute(query.where(mine)).one_or_none()
    if row is None:
        return None
    return AttachmentRow(**{name: getattr(row, name) for name in AttachmentRow.__struct_fields__}), row.data
