"""Moving what waits after the clock was set back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Table,
    func,
    literal,
    select,
    true,
    type_coerce,
    update,
)

from incidentd.clock import MICROSECOND
from incidentd.storage.columns import Instant
from incidentd.storage.schema import deliveries, events, groups, pages, timers
from incidentd.storage.tx import Tx, Wake

_NEWEST = 200


def newest(conn: Connection) -> datetime | None:
    """The latest time among the newest events, by the clock of then; this start may have written some already."""
    last = select(events.c.at).order_by(events.c.seq.desc()).limit(_NEWEST).subquery()
    return conn.execute(select(func.max(last.c.at))).scalar_one_or_none()


def move(tx: Tx, back: timedelta, waits: Collection[str]) -> tuple[int, int]:
    """Bring what lies ahead of now nearer by `back`: timers of the kinds `waits`, messages and their leases, and what
    pages and groups know of them. Returns how many timers and messages moved."""
    moved_timers = _move(tx, timers, back, (timers.c.due_at,), timers.c.kind.in_(waits))
    waiting = deliveries.c.state.in_(("pending", "sending"))
    moved = _move(tx, deliveries, back, (deliveries.c.due_at, deliveries.c.lease_until, deliveries.c.tried_at), waiting)
    open_pages = pages.c.state != "resolved"
    _move(tx, pages, back, (pages.c.next_step_at, pages.c.acknowledged_until), open_pages)
    _move(tx, groups, back, (groups.c.last_flush_at, groups.c.notified_at), true())
    for who in (Wake.TIMERS, Wake.DELIVERIES):
        tx.wake(who)
    return moved_timers, moved


def _move(
    tx: Tx, table: Table, back: timedelta, columns: Sequence[Column[datetime]], whose: ColumnElement[bool]
) -> int:
    """The most rows of which one column lay ahead."""
    now, micros, most = literal(tx.now, Instant()), back // MICROSECOND, 0
    for column in columns:
        nearer = type_coerce(type_coerce(column, BigInteger) - micros, Instant())
        moved = tx.conn.execute(update(table).where(whose, column > now).values({column: nearer}))
        most = max(most, moved.rowcount)
    return most
