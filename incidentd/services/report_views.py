"""Reports as callers see them: with their customer, the conversation, and what became of what we wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from incidentd.domain.report_history import sentence
from incidentd.domain.reports import Customer, Report, allowed
from incidentd.domain.support import Support
from incidentd.services.errors import NotFound
from incidentd.services.report_likeness import asking
from incidentd.storage import customers, event_log, report_messages, reports
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.report_messages import AttachmentRow, MessageRow
from incidentd.wire import reports as wire_reports

_COPIED = tuple(one for one in wire_reports.Report.__struct_fields__ if hasattr(Report, one))
_OF_MESSAGE = tuple(one for one in wire_reports.ReportMessage.__struct_fields__ if one in MessageRow.__struct_fields__)
_OF_CUSTOMER = tuple(one for one in wire_reports.Customer.__struct_fields__ if one in Customer.__struct_fields__)


def existing(conn: Connection, report_id: int, *, lock: bool = False) -> Report:
    """The report. Raises `NotFound`."""
    found = reports.get(conn, report_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no report R-{report_id}")
    return found


def existing_customer(conn: Connection, customer_id: int, *, lock: bool = False) -> Customer:
    """The customer. Raises `NotFound`."""
    found = customers.get(conn, customer_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no customer {customer_id}")
    return found


def listed_views(
    conn: Connection, rows: Sequence[Report], now: datetime, support: Support
) -> tuple[wire_reports.ListedReport, ...]:
    """Stored reports as a list shows them."""
    known = customers.many(conn, (row.customer_id for row in rows))
    nudged = asking(conn, rows, support)
    return tuple(
        wire_reports.ListedReport(**_shown(row, known[row.customer_id], now), nudged=row.id in nudged) for row in rows
    )


def view(conn: Connection, row: Report, now: datetime) -> wire_reports.Report:
    """One report as the wire shows it."""
    return wire_reports.Report(**_shown(row, existing_customer(conn, row.customer_id), now))


def _shown(row: Report, customer: Customer, now: datetime) -> dict[str, Any]:
    computed = {"customer": customer.name, "kind": customer.kind, "late": row.is_late(now), "allowed": allowed(row)}
    return {name: getattr(row, name) for name in _COPIED} | computed


def customer_views(conn: Connection, rows: Sequence[Customer]) -> tuple[wire_reports.Customer, ...]:
    """Customers with their addresses."""
    where = customers.addresses(conn, (row.id for row in rows))
    return tuple(
        wire_reports.Customer(
            **{name: getattr(row, name) for name in _OF_CUSTOMER},
            addresses=tuple(wire_reports.Address(channel=one, address=other) for one, other in where[row.id]),
        )
        for row in rows
    )


def message_views(conn: Connection, rows: Sequence[MessageRow]) -> tuple[wire_reports.ReportMessage, ...]:
    """Messages with what became of them, and what is attached."""
    sent = report_messages.deliveries_of(conn, rows)
    attached: dict[int, list[wire_reports.Attachment]] = {row.id: [] for row in rows}
    for one in report_messages.attached(conn, list(attached)):
        attached[one.message_id].append(attachment_view(one))
    return tuple(_message_view(row, sent.get(row.delivery_id or 0), attached[row.id]) for row in rows)


def _message_view(
    row: MessageRow, delivery: DeliveryRow | None, attached: Sequence[wire_reports.Attachment]
) -> wire_reports.ReportMessage:
    return wire_reports.ReportMessage(
        **{name: getattr(row, name) for name in _OF_MESSAGE},
        delivery=delivery.state if delivery is not None else "",
        error=delivery.error if delivery is not None else "",
        attachments=tuple(attached),
    )


def attachment_view(row: AttachmentRow) -> wire_reports.Attachment:
    """What is known of an attachment."""
    return wire_reports.Attachment(id=row.id, name=row.name, media_type=row.media_type, size=row.size)


def detail(conn: Connection, report_id: int, now: datetime) -> wire_reports.ReportDetail:
    """One report with its conversation and history. Raises `NotFound`."""
    row = existing(conn, report_id)
    steps = event_log.of_subjects(conn, [row.about])
    return wire_reports.ReportDetail(
        report=view(conn, row, now),
        customer=customer_views(conn, [existing_customer(conn, row.customer_id)])[0],
        messages=message_views(conn, report_messages.of_reports(conn, [row.id])),
        duplicates=tuple(reports.duplicates_of(conn, row.id)),
        history=tuple(
            wire_reports.ReportStep(seq=one.seq, at=one.at, by=one.actor, kind=one.kind, text=sentence(one))
            for one in steps
        ),
    )
