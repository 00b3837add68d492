"""Legal holds as rows, and what they cover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from incidentd.domain.holds import EVERYTHING, Held, Hold, numbers
from incidentd.storage.schema_retention import holds
from incidentd.storage.schema_support import reports
from incidentd.storage.tx import Tx


def _hold(row: Row[Any]) -> Hold:
    return Hold(**row._mapping)


def add(tx: Tx, subject: str, reason: str, by: str) -> Hold:
    """Begin a hold."""
    values = {"subject": subject, "reason": reason, "by": by, "at": tx.now, "released_by": "", "released_why": ""}
    return _hold(tx.conn.execute(insert(holds).values(**values).returning(holds)).one())


def get(conn: Connection, hold_id: int, *, lock: bool = False) -> Hold | None:
    query = select(holds).where(holds.c.id == hold_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _hold(row)


def release(tx: Tx, hold: Hold, by: str, why: str) -> Hold:
    """End a hold; who did it when and why stays with it."""
    values = {"released_at": tx.now, "released_by": by, "released_why": why}
    return _hold(tx.conn.execute(update(holds).where(holds.c.id == hold.id).values(**values).returning(holds)).one())


def listed(conn: Connection, *, released: bool) -> list[Hold]:
    """Holds in force, with those that were `released` too, the newest first."""
    query = select(holds).order_by(holds.c.id.desc())
    return [_hold(row) for row in conn.execute(query if released else query.where(holds.c.released_at.is_(None)))]


def held(conn: Connection) -> Held:
    """What holds in force cover: an incident's reports, whoever wrote a report, and all that a customer wrote."""
    found = listed(conn, released=False)
    if not found:
        return Held()
    incidents, customers = numbers(found, "incident"), numbers(found, "customer")
    of = or_(
        reports.c.id.in_(numbers(found, "report")),
        reports.c.incident_id.in_(incidents),
        reports.c.customer_id.in_(customers),
    )
    rows = conn.execute(select(reports.c.id, reports.c.customer_id).where(of)).all()
    return Held(
        everything=tuple(one.id for one in found if one.subject == EVERYTHING),
        incidents=incidents,
        reports=frozenset(row.id for row in rows),
        customers=customers | {row.customer_id for row in rows},
    )


def incidents_in(conn: Connection, ids: Sequence[int]) -> set[int]:
    """Which of some incidents are under a hold, their own or one on everything."""
    c = holds.c
    wanted = c.subject.in_([EVERYTHING, *(f"incident:{one}" for one in ids)])
    found = set(conn.execute(select(c.subject).where(wanted, c.released_at.is_(None))).scalars())
    return set(ids) if EVERYTHING in found else {one for one in ids if f"incident:{one}" in found}


def over(conn: Connection, subjects: list[str]) -> list[Hold]:
    """The holds in force on any of some subjects, or on everything."""
    wanted = {*subjects, EVERYTHING}
    return [one for one in reversed(listed(conn, released=False)) if one.subject in wanted]
