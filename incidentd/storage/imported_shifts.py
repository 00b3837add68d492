"""What calendars say of layers: the shifts of each, and how reading it went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, literal, select, update

from incidentd.domain.duty_changes import ImportedShift
from incidentd.storage.columns import Instant, Json
from incidentd.storage.schema_calendars import calendars
from incidentd.storage.schema_calendars import imported_shifts as table
from incidentd.storage.tx import Tx

Key = tuple[str, str]
"""A schedule and a layer of it."""
# Built once: every step of a page asks.
_BETWEEN = (
    select(table)
    .where(table.c.ends_at > bindparam("start", type_=Instant()), table.c.starts_at < bindparam("end", type_=Instant()))
    .order_by(table.c.starts_at)
)


class CalendarRow(msgspec.Struct, frozen=True, kw_only=True):
    """One calendar as stored. `content` is the last good copy, read at `read_at`."""

    schedule: str
    layer: str
    place: str
    content: str = ""
    read_at: datetime | None = None
    tried_at: datetime | None = None
    problem: str = ""
    unknown: tuple[str, ...] = ()
    wanted: bool = True

    @property
    def key(self) -> Key:
        """What names it."""
        return self.schedule, self.layer


def between(conn: Connection, start: datetime, end: datetime) -> list[ImportedShift]:
    """The shifts that touch the time from `start` until before `end`."""
    found = conn.execute(_BETWEEN, {"start": start, "end": end})
    return [ImportedShift(**{name: getattr(row, name) for name in ImportedShift.__struct_fields__}) for row in found]


def replace(tx: Tx, key: Key, shifts: Sequence[ImportedShift]) -> None:
    """Exchange what has not ended of one layer; what was stays told as it was."""
    mine = (table.c.schedule == key[0]) & (table.c.layer == key[1])
    tx.conn.execute(delete(table).where(mine, table.c.ends_at > tx.now))
    rows = [msgspec.structs.asdict(one) for one in shifts if one.ends_at > tx.now]
    if rows:
        tx.conn.execute(insert(table), rows)


def _named(key: Key) -> ColumnElement[bool]:
    return (calendars.c.schedule == key[0]) & (calendars.c.layer == key[1])


def every(conn: Connection, *conditions: ColumnElement[bool]) -> list[CalendarRow]:
    """All calendars that fulfil `conditions`."""
    rows = conn.execute(select(calendars).where(*conditions).order_by(calendars.c.schedule, calendars.c.layer))
    found = [{name: getattr(row, name) for name in CalendarRow.__struct_fields__} for row in rows]
    return [CalendarRow(**values | {"unknown": tuple(values["unknown"])}) for values in found]


def wanted(conn: Connection) -> list[CalendarRow]:
    """The calendars that are to be read now."""
    return every(conn, calendars.c.wanted)


def complained_of(conn: Connection) -> list[CalendarRow]:
    """The calendars with which something is wrong."""
    return every(conn, (calendars.c.problem != "") | (calendars.c.unknown != literal([], Json)))


def add(tx: Tx, new: CalendarRow) -> None:
    """Know another calendar, in the place of one that was read elsewhere."""
    tx.conn.execute(delete(calendars).where(_named(new.key)))
    tx.conn.execute(insert(calendars).values(**msgspec.structs.asdict(new)))


def change(tx: Tx, key: Key, **values: Any) -> None:
    """Store what was learnt of it."""
    tx.conn.execute(update(calendars).where(_named(key)).values(**values))


def forget(tx: Tx, keys: Iterable[Key]) -> None:
    """Calendars that the roster no longer names, with what lies ahead of them."""
    for key in keys:
        tx.conn.execute(delete(calendars).where(_named(key)))
        replace(tx, key, ())
