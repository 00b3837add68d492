"""Overrides, swaps, absences and mode blocks as rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Row, Select, Table, and_, bindparam, insert, or_, select, text, update

from incidentd.domain.duty_changes import Absence, Changes, Override, Swap, SwapState
from incidentd.domain.modes import ModeBlock
from incidentd.storage import imported_shifts
from incidentd.storage.columns import Instant
from incidentd.storage.process_versions import IN_FORCE
from incidentd.storage.schema_duty import absences, mode_blocks, overrides, swaps
from incidentd.storage.tx import Tx

T = TypeVar("T", Override, Swap, Absence, ModeBlock)
_TABLES: dict[type, Table] = {Override: overrides, Swap: swaps, Absence: absences, ModeBlock: mode_blocks}
_START, _END = bindparam("start", type_=Instant()), bindparam("end", type_=Instant())


def _touching(table: Table) -> Select[Any]:
    count = table.c.cancelled.is_(False), table.c.ends_at > _START, table.c.starts_at < _END
    return select(table).where(*count).order_by(table.c.starts_at, table.c.id)


# Built once: to build a statement costs several times what it costs to run it, and every step of a page asks.
_OVERRIDES, _ABSENCES, _MODE_BLOCKS = map(_touching, (overrides, absences, mode_blocks))
_LENT = or_(
    and_(swaps.c.ends_at > _START, swaps.c.starts_at < _END),
    and_(swaps.c.other_ends_at > _START, swaps.c.other_starts_at < _END),
)
_SWAPS = select(swaps).where(swaps.c.state.in_(bindparam("states", expanding=True)), _LENT).order_by(swaps.c.id)


def _struct(kind: type[T], row: Row[Any]) -> T:
    return msgspec.convert({name: getattr(row, name) for name in kind.__struct_fields__}, kind)


def _columns(change: T) -> dict[str, Any]:
    return {name: getattr(change, name) for name in type(change).__struct_fields__ if name != "id"}


def add(tx: Tx, change: T) -> T:
    """Store a new change; the id is given here."""
    table, values = _TABLES[type(change)], _columns(change)
    if isinstance(change, ModeBlock):
        values["process_version"] = IN_FORCE
    return _struct(type(change), tx.conn.execute(insert(table).values(**values).returning(table)).one())


def replace(tx: Tx, change: T) -> T:
    """Store a change over its former self, one version on."""
    table, changed = _TABLES[type(change)], msgspec.structs.replace(change, version=change.version + 1)
    tx.conn.execute(update(table).where(table.c.id == change.id).values(**_columns(changed)))
    return changed


def get(conn: Connection, kind: type[T], change_id: int, *, lock: bool = False) -> T | None:
    """One change of a kind, None when there is none."""
    table = _TABLES[kind]
    query = select(table).where(table.c.id == change_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _struct(kind, row)


def at(conn: Connection, instant: datetime) -> Changes:
    """What counts at an instant."""
    return between(conn, instant, instant + timedelta(microseconds=1))


def between(conn: Connection, start: datetime, end: datetime, *states: SwapState) -> Changes:
    """What touches the time from `start` until before `end` and was not cancelled; swaps in `states` (accepted)."""
    within = {"start": start, "end": end}
    wanted = {"states": [state.value for state in states or (SwapState.ACCEPTED,)]}
    return Changes(
        overrides=tuple(_struct(Override, row) for row in conn.execute(_OVERRIDES, within)),
        swaps=tuple(_struct(Swap, row) for row in conn.execute(_SWAPS, within | wanted)),
        absences=tuple(_struct(Absence, row) for row in conn.execute(_ABSENCES, within)),
        imported=tuple(imported_shifts.between(conn, start, end)),
    )


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7306, hashtext(:person))")


def mode_blocks_between(conn: Connection, start: datetime, end: datetime) -> list[ModeBlock]:
    """The blocks that stand and touch the time from `start` until before `end`, by their beginning."""
    return [_struct(ModeBlock, row) for row in conn.execute(_MODE_BLOCKS, {"start": start, "end": end})]


def mode_blocks_of(conn: Connection, person: str) -> list[ModeBlock]:
    """Every block of somebody that stands, by its beginning; until the commit no other node gets here for them.

    To lock the rows is not enough: two nodes that set somebody's first block at once would both find none.
    """
    if conn.dialect.name == "postgresql":  # SQLite has one writer
        conn.execute(_ONE_AT_A_TIME, {"person": person})
    query = select(mode_blocks).where(mode_blocks.c.person == person, mode_blocks.c.cancelled.is_(False))
    return [_struct(ModeBlock, row) for row in conn.execute(query.order_by(mode_blocks.c.starts_at).with_for_update())]
