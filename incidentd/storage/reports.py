"""Reports of customers as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, insert, or_, select, text, update

from incidentd.domain.reports import Report, State
from incidentd.storage.process_versions import IN_FORCE
from incidentd.storage.schema_support import customers, report_messages, reports
from incidentd.storage.text_search import contains
from incidentd.storage.tx import Tx

_EMPTY: dict[str, Any] = {
    "priority": "", "impact": "", "urgency": "", "answers": {}, "ticket": "", "owner": "", "version": 1,
}  # fmt: skip


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which reports: every part that is given has to hold. `late_at` asks for those whose clock ran out by then."""

    states: Sequence[State]
    channel: str = ""
    kind: str = ""
    service: str = ""
    priority: str = ""
    owner: str = ""
    customer_id: int | None = None
    incident_id: int | None = None
    late_at: datetime | None = None
    text: str = ""


_IS_OPEN = text("reports.state <> 'closed'")
"""As a condition, word for word that of the index: only so SQLite uses it."""
# Built once: to build a statement costs several times what it costs to run it, and a broadcast runs these often.
_GET = select(reports).where(reports.c.id == bindparam("of_report"))
_LOCK = _GET.with_for_update()
_STORE = update(reports).where(reports.c.id == bindparam("of_report"))
_CHANGE = _STORE.values(version=reports.c.version + 1).returning(reports)


def _report(row: Row[Any]) -> Report:
    return Report(**{name: getattr(row, name) for name in Report.__struct_fields__} | {"state": State(row.state)})


def create(tx: Tx, **values: Any) -> Report:
    """Store a new report at version 1."""
    fixed = {**_EMPTY, "state": State.NEW, "created_at": tx.now, "asked_at": tx.now, "process_version": IN_FORCE}
    return _report(tx.conn.execute(insert(reports).values(**fixed | values).returning(reports)).one())


def get(conn: Connection, report_id: int, *, lock: bool = False) -> Report | None:
    """One report, None when there is none."""
    row = conn.execute(_LOCK if lock else _GET, {"of_report": report_id}).one_or_none()
    return None if row is None else _report(row)


def change(tx: Tx, report: Report, **values: Any) -> Report:
    """Store new values of columns; the version goes up by one."""
    return _report(tx.conn.execute(_CHANGE, values | {"of_report": report.id}).one())


def set_clocks(tx: Tx, report: Report) -> None:
    """Store what is owed when; no change of the report that a caller could have missed."""
    values = {"first_response_due": report.first_response_due, "next_due": report.next_due}
    tx.conn.execute(_STORE, values | {"of_report": report.id})


def set_page(tx: Tx, report: Report, page_id: int | None) -> Report:
    """Remember the page about a late report, or that there is none any more."""
    tx.conn.execute(_STORE, {"of_report": report.id, "page_id": page_id})
    return msgspec.structs.replace(report, page_id=page_id)


def matching(wanted: Wanted) -> ColumnElement[bool]:
    """The condition of a list."""
    found: list[ColumnElement[bool]] = [reports.c.state.in_(wanted.states)]
    for name in ("channel", "service", "priority", "owner", "customer_id", "incident_id"):
        if value := getattr(wanted, name):
            found.append(reports.c[name] == value)
    if wanted.kind:
        found.append(reports.c.customer_id.in_(select(customers.c.id).where(customers.c.kind == wanted.kind)))
    if wanted.late_at is not None:
        found.append(is_late(wanted.late_at))
    return and_(*found, *(_has(word) for word in wanted.text.split()))


def is_late(now: datetime) -> ColumnElement[bool]:
    """Whether the reporter waits for a first word, or for the next one, that was due by `now`."""
    first = reports.c.first_responded_at.is_(None) & (reports.c.first_response_due <= now)
    return and_(_IS_OPEN, or_(first, reports.c.next_due <= now))


def _has(word: str) -> ColumnElement[bool]:
    """Whether `word` stands in the subject, the service, the reporter's name or address, or any message."""
    said = select(report_messages.c.report_id).where(contains(report_messages.c.text, word))
    named = select(customers.c.id).where(contains(customers.c.name, word))
    columns = (reports.c.subject, reports.c.service, reports.c.ticket, reports.c.recipient)
    hits = [reports.c.id.in_(said), reports.c.customer_id.in_(named), *(contains(column, word) for column in columns)]
    number = word.upper().removeprefix("R-")
    if number.isascii() and number.isdigit() and len(number) < 16:
        hits.append(reports.c.id == int(number))
    return or_(*hits)


def listed(conn: Connection, where: ColumnElement[bool], before: int | None, limit: int) -> list[Report]:
    """Reports that fulfil `where`, newest first, those with an id below `before`."""
    beyond = [] if before is None else [reports.c.id < before]
    query = select(reports).where(where, *beyond).order_by(reports.c.id.desc()).limit(limit)
    return [_report(row) for row in conn.execute(query)]


def count(conn: Connection, where: ColumnElement[bool]) -> int:
    """How many reports fulfil `where`."""
    total: int = conn.execute(select(func.count()).select_from(reports).where(where)).scalar_one()
    return total


def of_incident(conn: Connection, incident_id: int, *, lock: bool = False) -> list[Report]:
    """The reports that are linked to an incident, oldest first."""
    query = select(reports).where(reports.c.incident_id == incident_id).order_by(reports.c.id)
    return [_report(row) for row in conn.execute(query.with_for_update() if lock else query)]


def duplicates_of(conn: Connection, report_id: int) -> list[int]:
    """The reports that say they are duplicates of one, oldest first."""
    query = select(reports.c.id).where(reports.c.duplicate_of == report_id).order_by(reports.c.id)
    return list(conn.execute(query).scalars())


def of_customer(conn: Connection, customer_id: int) -> list[Report]:
    """Everything that a customer reported, oldest first."""
    rows = conn.execute(select(reports).where(reports.c.customer_id == customer_id).order_by(reports.c.id))
    return [_report(row) for row in rows]


def open_of_customer(tx: Tx, customer_id: int) -> list[Report]:
    """The reports of a customer that are not closed, locked."""
    mine = (reports.c.customer_id == customer_id) & (reports.c.state != State.CLOSED)
    return [_report(row) for row in tx.conn.execute(select(reports).where(mine).with_for_update())]


def open_ones(tx: Tx) -> list[Report]:
    """Every report that is not closed, locked."""
    query = select(reports).where(_IS_OPEN).with_for_update()
    return [_report(row) for row in tx.conn.execute(query)]


def of_alerts(tx: Tx, alert_ids: Sequence[int]) -> list[Report]:
    """The open reports that are linked to some alerts and to no incident, locked."""
    mine = reports.c.alert_id.in_(alert_ids) & reports.c.incident_id.is_(None) & (reports.c.state != State.CLOSED)
    return [_report(row) for row in tx.conn.execute(select(reports).where(mine).with_for_update())]
