"""Incidents as rows, with their roles, updates and linked alerts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from incidentd.domain.incidents import AWAITING_REVIEW, OPEN, Incident, Status
from incidentd.domain.review_window import Window
from incidentd.domain.severity import Severity
from incidentd.storage.schema import group_alerts, incident_alerts, incident_updates, incidents, pages, role_assignments
from incidentd.storage.text_search import contains
from incidentd.storage.tx import Tx
from incidentd.wire import RoleHolder, Update, Violation

T = TypeVar("T")
_PART = 500


def _incident(row: Row[Any]) -> Incident:
    values = {name: getattr(row, name) for name in Incident.__struct_fields__}
    typed = {
        "status": Status(row.status),
        "severity": Severity(row.severity),
        "skipped": msgspec.convert(row.skipped, tuple[Violation, ...]),
    }
    return Incident(**values | typed)


def create(tx: Tx, **values: Any) -> Incident:
    """Store a new incident at version 1."""
    fixed = {"episode": 1, "status_before_merge": "", "skipped": (), "version": 1}
    return _incident(tx.conn.execute(insert(incidents).values(**fixed, **values).returning(incidents)).one())


def get(conn: Connection, incident_id: int, *, lock: bool = False) -> Incident | None:
    """One incident, None when there is none."""
    query = select(incidents).where(incidents.c.id == incident_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _incident(row)


def change(tx: Tx, incident: Incident, **values: Any) -> Incident:
    """Store new values of columns; the version goes up by one."""
    statement = update(incidents).where(incidents.c.id == incident.id)
    statement = statement.values(version=incidents.c.version + 1, **values)
    return _incident(tx.conn.execute(statement.returning(incidents)).one())


def set_review_window(tx: Tx, incident: Incident, found: Window | None) -> Incident:
    """Store its review window; that belongs to the change that moved it and makes no version of its own."""
    values = {f"review_{name}": found and getattr(found, name) for name in Window.__struct_fields__}
    tx.conn.execute(update(incidents).where(incidents.c.id == incident.id).values(**values))
    return msgspec.structs.replace(incident, **values)


def matching(statuses: Sequence[Status], text: str) -> ColumnElement[bool]:
    """The condition of a list: a status among `statuses`, and every word somewhere in title, summary or service."""
    conditions: list[ColumnElement[bool]] = [incidents.c.status.in_(statuses)]
    for word in text.split():
        columns = (incidents.c.title, incidents.c.summary, incidents.c.service)
        hits: list[ColumnElement[bool]] = [contains(column, word) for column in columns]
        number = word.upper().removeprefix("INC-")
        if number.isascii() and number.isdigit() and len(number) < 16:
            hits.append(incidents.c.id == int(number))
        conditions.append(or_(*hits))
    return and_(*conditions)


def under_process(process_version: str) -> ColumnElement[bool]:
    """The condition of those that were declared under a version of the process."""
    return incidents.c.process_version == process_version


def review_stands(standing: str, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition of a list: the review waits, is open, soon, late; or "due": it may be held, or should have been."""
    opens, due = incidents.c.review_opens_at, incidents.c.review_due_at
    awaiting = incidents.c.status.in_(sorted(AWAITING_REVIEW)) & opens.is_not(None)
    soon = func.coalesce(incidents.c.review_soon_at, due)
    by_word: Mapping[str, ColumnElement[bool]] = {
        "waiting": opens > now,
        "open": (opens <= now) & (soon > now),
        "soon": (opens <= now) & (soon <= now) & (due >= now),
        "late": due < now,
        "due": opens <= now,
    }
    return awaiting & by_word[standing]


def listed(conn: Connection, where: ColumnElement[bool], before: int | None, limit: int) -> list[Incident]:
    """Incidents that fulfil `where`, newest first, those with an id below `before`."""
    beyond = [] if before is None else [incidents.c.id < before]
    query = select(incidents).where(where, *beyond).order_by(incidents.c.id.desc()).limit(limit)
    return [_incident(row) for row in conn.execute(query)]


def read(conn: Connection, query: Select[Any]) -> list[Incident]:
    """The rows of a list query over `incidents`."""
    return [_incident(row) for row in conn.execute(query)]


def among(conn: Connection, ids: Sequence[int]) -> list[Incident]:
    """Those of `ids` that there are."""
    return [_incident(row) for row in conn.execute(select(incidents).where(incidents.c.id.in_(ids)))]


def count_where(conn: Connection, where: ColumnElement[bool]) -> int:
    """How many incidents fulfil `where`."""
    total: int = conn.execute(select(func.count()).select_from(incidents).where(where)).scalar_one()
    return total


def _grouped(conn: Connection, table: Table, kind: type[T], ids: Sequence[int]) -> dict[int, tuple[T, ...]]:
    """The rows of a table below incidents, as `kind`, by incident and oldest first."""
    names = kind.__struct_fields__  # type: ignore[attr-defined]
    found: dict[int, list[T]] = {one: [] for one in ids}
    for start in range(0, len(ids), _PART):
        query = select(table).where(table.c.incident_id.in_(ids[start : start + _PART])).order_by(table.c.id)
        for row in conn.execute(query):
            found[row.incident_id].append(kind(**{name: getattr(row, name) for name in names}))
    return {one: tuple(rows) for one, rows in found.items()}


# ------------------------------------------------------------------ roles
def roles(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[RoleHolder, ...]]:
    """Every role range of many incidents, oldest first."""
    return _grouped(conn, role_assignments, RoleHolder, ids)


def add_role(tx: Tx, incident_id: int, role: str, person: str, starts_at: datetime) -> None:
    """Let `person` hold `role` from an instant on."""
    values = {"incident_id": incident_id, "role": role, "person": person, "starts_at": starts_at}
    tx.conn.execute(insert(role_assignments).values(**values))


def end_role(tx: Tx, held: RoleHolder, at: datetime) -> None:
    """End a range; one that would end before it began is left empty."""
    ends = max(held.starts_at, at)
    tx.conn.execute(update(role_assignments).where(role_assignments.c.id == held.id).values(ends_at=ends))


# ------------------------------------------------------------------ updates
def updates(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[Update, ...]]:
    """Every update of many incidents, oldest first."""
    return _grouped(conn, incident_updates, Update, ids)


def add_update(tx: Tx, incident_id: int, values: Mapping[str, Any]) -> Update:
    """Store an update that was posted now."""
    statement = insert(incident_updates).values(incident_id=incident_id, at=tx.now, **values)
    row = tx.conn.execute(statement.returning(incident_updates)).one()
    return Update(**{name: getattr(row, name) for name in Update.__struct_fields__})


# ------------------------------------------------------------------ alerts and pages
def link_alerts(tx: Tx, incident_id: int, alert_ids: Iterable[int], actor: str) -> tuple[int, ...]:
    """Link alerts; returns those that were not linked before."""
    known = set(alert_ids_of(tx.conn, [incident_id])[incident_id])
    new = tuple(one for one in dict.fromkeys(alert_ids) if one not in known)
    if new:
        rows = [{"incident_id": incident_id, "alert_id": one, "linked_at": tx.now, "linked_by": actor} for one in new]
        tx.conn.execute(insert(incident_alerts), rows)
    return new


def unlink_alerts(tx: Tx, incident_id: int, alert_ids: Sequence[int]) -> int:
    """Undo links; returns how many there were."""
    gone = 0
    for start in range(0, len(alert_ids), _PART):
        part = incident_alerts.c.alert_id.in_(alert_ids[start : start + _PART])
        gone += tx.conn.execute(
            delete(incident_alerts).where(incident_alerts.c.incident_id == incident_id, part)
        ).rowcount
    return gone


def merged_into(conn: Connection, incident_id: int) -> list[Incident]:
    """The incidents that are merged into one, oldest first."""
    query = select(incidents).where(incidents.c.merged_into == incident_id).order_by(incidents.c.id)
    return [_incident(row) for row in conn.execute(query)]


def sharing_alerts(
    conn: Connection, incident_id: int, statuses: Sequence[Status]
) -> list[tuple[Incident, tuple[int, ...]]]:
    """Incidents in one of `statuses` that have alerts in common with one, newest first, with these alerts."""
    mine = select(incident_alerts.c.alert_id).where(incident_alerts.c.incident_id == incident_id)
    query = (
        select(incident_alerts.c.incident_id, incident_alerts.c.alert_id)
        .join(incidents, incidents.c.id == incident_alerts.c.incident_id)
        .where(incident_alerts.c.alert_id.in_(mine), incidents.c.id != incident_id, incidents.c.status.in_(statuses))
        .order_by(incident_alerts.c.incident_id.desc(), incident_alerts.c.alert_id)
    )
    shared: dict[int, list[int]] = {}
    for other_id, alert_id in conn.execute(query):
        shared.setdefault(other_id, []).append(alert_id)
    rows = {one: get(conn, one) for one in shared}
    return [(row, tuple(shared[one])) for one, row in rows.items() if row is not None]


def open_one_of_alert(conn: Connection, alert_id: int) -> int | None:
    """The newest open incident that an alert is linked to."""
    query = select(func.max(incidents.c.id)).join(incident_alerts, incident_alerts.c.incident_id == incidents.c.id)
    is_open = incidents.c.status.in_(sorted(OPEN))
    newest: int | None = conn.execute(query.where(incident_alerts.c.alert_id == alert_id, is_open)).scalar_one()
    return newest


def alert_ids_of(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The alerts that are linked to many incidents."""
    found: dict[int, list[int]] = {one: [] for one in ids}
    for start in range(0, len(ids), _PART):
        query = select(incident_alerts.c.incident_id, incident_alerts.c.alert_id)
        query = query.where(incident_alerts.c.incident_id.in_(ids[start : start + _PART]))
        for incident_id, alert_id in conn.execute(query.order_by(incident_alerts.c.alert_id)):
            found[incident_id].append(alert_id)
    return {one: tuple(rows) for one, rows in found.items()}


def page_ids_of(conn: Connection, rows: Sequence[Incident]) -> dict[int, tuple[int, ...]]:
    """The pages of many incidents: raised for them, or about a linked alert and not over before they started."""
    started = {one.id: one.started_at for one in rows}
    found: dict[int, set[int]] = {one: set() for one in started}
    ids = list(started)
    for start in range(0, len(ids), _PART):
        part = ids[start : start + _PART]
        for incident_id, page_id in conn.execute(
            select(pages.c.incident_id, pages.c.id).where(pages.c.incident_id.in_(part))
        ):
            found[incident_id].add(page_id)
        about = (
            select(incident_alerts.c.incident_id, pages.c.id, pages.c.resolved_at)
            .join(group_alerts, group_alerts.c.alert_id == incident_alerts.c.alert_id)
            .join(pages, pages.c.group_id == group_alerts.c.group_id)
            .where(incident_alerts.c.incident_id.in_(part))
            .distinct()
        )
        for incident_id, page_id, resolved_at in conn.execute(about):
            if resolved_at is None or resolved_at >= started[incident_id]:
                found[incident_id].add(page_id)
    return {one: tuple(sorted(page_ids)) for one, page_ids in found.items()}
