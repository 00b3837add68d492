"""Drills as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from incidentd.domain.drills import Step, source
from incidentd.storage.schema import alerts, deliveries, drills, incidents, pages
from incidentd.storage.tx import Tx

ONGOING = ("running", "paused")


class DrillRow(msgspec.Struct, frozen=True, kw_only=True):
    """One drill as stored."""

    id: int
    title: str
    origin: str
    state: str
    why: str
    people: tuple[str, ...]
    script: tuple[Step, ...]
    position: int
    review: bool
    started_at: datetime
    started_by: str
    next_at: datetime | None
    waits: datetime | None
    ended_at: datetime | None
    summary: dict[str, Any]
    version: int

    @property
    def subject(self) -> str:
        """What its timers and events carry; the source of its alerts, too."""
        return source(self.id)

    @property
    def name(self) -> str:
        """What people call it."""
        return f"D-{self.id}"


_GET = select(drills).where(drills.c.id == bindparam("of_drill"))
_LOCK = _GET.with_for_update()
_BY_DELIVERY = (
    select(deliveries.c.id, drills.c.id, drills.c.people)
    .select_from(deliveries)
    .outerjoin(pages, pages.c.id == deliveries.c.page_id)
    .join(drills, drills.c.id == func.coalesce(deliveries.c.drill_id, pages.c.drill_id))
    .where(deliveries.c.id.in_(bindparam("some", expanding=True)))
)
_ONGOING = select(drills).where(drills.c.state.in_(ONGOING)).order_by(drills.c.id)


def _drill(row: Row[Any]) -> DrillRow:
    values = {name: getattr(row, name) for name in DrillRow.__struct_fields__}
    script = msgspec.convert(row.script, tuple[Step, ...])
    return DrillRow(**values | {"people": tuple(row.people), "script": script})


def create(tx: Tx, **values: Any) -> DrillRow:
    """Store a drill that begins now."""
    fixed = {"state": "running", "why": "", "position": 0, "started_at": tx.now, "summary": {}, "version": 1}
    return _drill(tx.conn.execute(insert(drills).values(**fixed, **values).returning(drills)).one())


def get(conn: Connection, drill_id: int, *, lock: bool = False) -> DrillRow | None:
    """One drill."""
    row = conn.execute(_LOCK if lock else _GET, {"of_drill": drill_id}).one_or_none()
    return None if row is None else _drill(row)


def change(tx: Tx, drill: DrillRow, **values: Any) -> DrillRow:
    """Store new values of columns; the version goes up by one."""
    statement = update(drills).where(drills.c.id == drill.id).values(version=drills.c.version + 1, **values)
    return _drill(tx.conn.execute(statement.returning(drills)).one())


def ongoing(conn: Connection) -> list[DrillRow]:
    """The drills that have not ended."""
    return [_drill(row) for row in conn.execute(_ONGOING)]


def latest(conn: Connection, limit: int) -> list[DrillRow]:
    """Drills, the newest first."""
    return [_drill(row) for row in conn.execute(select(drills).order_by(drills.c.id.desc()).limit(limit))]


def firing(conn: Connection, drill: DrillRow) -> list[tuple[str, dict[str, str]]]:
    """(key, labels) of the alerts of a drill that fire."""
    query = select(alerts.c.key, alerts.c.labels).where(alerts.c.source == drill.subject, alerts.c.status == "firing")
    return [(row.key, row.labels) for row in conn.execute(query.order_by(alerts.c.id))]


def alert_ids(conn: Connection, drill: DrillRow) -> list[int]:
    """Every alert of a drill."""
    return list(
        conn.execute(select(alerts.c.id).where(alerts.c.source == drill.subject).order_by(alerts.c.id)).scalars()
    )


def page_ids(conn: Connection, drill: DrillRow) -> list[int]:
    """Every page of a drill."""
    return list(conn.execute(select(pages.c.id).where(pages.c.drill_id == drill.id).order_by(pages.c.id)).scalars())


def incident_ids(conn: Connection, drill: DrillRow) -> list[int]:
    """Every incident of a drill."""
    query = select(incidents.c.id).where(incidents.c.drill_id == drill.id)
    return list(conn.execute(query.order_by(incidents.c.id)).scalars())


class TakingPart(msgspec.Struct, frozen=True):
    """The drill that a message is part of, and who may be written to about it."""

    drill_id: int
    people: Sequence[str]


def by_delivery(conn: Connection, ids: Iterable[int]) -> dict[int, TakingPart]:
    """What each of these messages is part of; those about real things are missing."""
    found = conn.execute(_BY_DELIVERY, {"some": list(ids)})
    return {delivery: TakingPart(drill, people) for delivery, drill, people in found}
