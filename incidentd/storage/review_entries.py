"""What people added to the timeline of a review, as rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incidentd.storage.schema_reviews import review_entries
from incidentd.storage.tx import Tx
from incidentd.wire.review_timeline import CuratedEntry

_NAMES = {"group": "group_name"}
"""Columns that are called otherwise, for the sake of SQL."""
_COLUMNS = {name: _NAMES.get(name, name) for name in CuratedEntry.__struct_fields__}


def _entry(row: Row[Any]) -> CuratedEntry:
    return CuratedEntry(**{name: getattr(row, column) for name, column in _COLUMNS.items()})


def add(tx: Tx, incident_id: int, actor: str, **values: Any) -> CuratedEntry:
    """Store an entry, or what is added to one; `values` go by the names of `CuratedEntry`."""
    given = {_COLUMNS[name]: value for name, value in values.items()}
    fixed = {"incident_id": incident_id, "by": actor, "recorded_at": tx.now, "version": 1}
    return _entry(tx.conn.execute(insert(review_entries).values(**fixed, **given).returning(review_entries)).one())


def of_incident(conn: Connection, incident_id: int) -> list[CuratedEntry]:
    """What was added and stands, oldest first."""
    mine = (review_entries.c.incident_id == incident_id) & review_entries.c.withdrawn_at.is_(None)
    return [_entry(row) for row in conn.execute(select(review_entries).where(mine).order_by(review_entries.c.id))]


def change(tx: Tx, entry_id: int, **values: Any) -> CuratedEntry:
    """Store other values; the version goes up by one."""
    given = {_COLUMNS.get(name, name): value for name, value in values.items()}
    statement = update(review_entries).where(review_entries.c.id == entry_id)
    statement = statement.values(version=review_entries.c.version + 1, **given)
    return _entry(tx.conn.execute(statement.returning(review_entries)).one())
