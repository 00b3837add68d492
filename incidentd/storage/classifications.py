"""What each incident was classified by last: the answers, and what the matrix made of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from incidentd.domain.matrix_replay import Past
from incidentd.domain.severity import Severity
from incidentd.storage.schema import incidents
from incidentd.storage.schema_severity import classifications
from incidentd.storage.tx import Tx


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `reason` is that of a severity other than `level`."""

    incident_id: int
    at: datetime
    by: str
    answers: Mapping[str, str]
    level: Severity
    rule: str
    rule_text: str
    reason: str
    process_version: str


def get(conn: Connection, incident_id: int) -> Recorded | None:
    """The last classification of an incident, None when it was never classified."""
    row = conn.execute(select(classifications).where(classifications.c.incident_id == incident_id)).one_or_none()
    return None if row is None else _recorded(row)


def _recorded(row: Row[tuple[object, ...]]) -> Recorded:
    values = {name: getattr(row, name) for name in Recorded.__struct_fields__}
    return Recorded(**values | {"level": Severity(row.level)})


def put(tx: Tx, recorded: Recorded) -> None:
    """Store it over an earlier one."""
    tx.conn.execute(delete(classifications).where(classifications.c.incident_id == recorded.incident_id))
    tx.conn.execute(insert(classifications).values(**msgspec.structs.asdict(recorded)))


def give_reason(tx: Tx, incident_id: int, reason: str) -> None:
    """Why the severity is another than the matrix says."""
    statement = update(classifications).where(classifications.c.incident_id == incident_id)
    tx.conn.execute(statement.values(reason=reason))


def past(conn: Connection, limit: int) -> list[Past]:
    """The newest incidents with recorded answers, newest first."""
    query = select(classifications, incidents.c.title, incidents.c.severity)
    query = query.join(incidents, incidents.c.id == classifications.c.incident_id)
    return [
        Past(
            incident_id=row.incident_id,
            title=row.title,
            answers=row.answers,
            level=Severity(row.level),
            severity=Severity(row.severity),
        )
        for row in conn.execute(query.order_by(incidents.c.id.desc()).limit(limit))
    ]


def unanswered(conn: Connection) -> int:
    """How many incidents have no recorded answers."""
    known = select(classifications.c.incident_id)
    query = select(func.count()).select_from(incidents).where(incidents.c.id.not_in(known))
    total: int = conn.execute(query).scalar_one()
    return total
