"""Durable timers: every future act is a row.

A timer needs no lease: it fires inside the transaction that does its work and removes it, so it acts exactly once, and
a node that dies in between leaves it due. One timer per (kind, subject); arming again moves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from incidentd.storage.schema import timers
from incidentd.storage.tx import Tx, Wake

_BACKOFF = timedelta(seconds=5)
_MAX_BACKOFF = timedelta(minutes=10)


class Timer(msgspec.Struct, frozen=True, kw_only=True):
    """A due act. `subject` is "page:4", "group:7", "incident:3" ..."""

    id: int
    kind: str
    subject: str
    due_at: datetime
    payload: Mapping[str, Any]
    failures: int

    @property
    def subject_id(self) -> int:
        """The row id in `subject`."""
        return int(self.subject.rpartition(":")[2])


def _timer(row: Row[Any]) -> Timer:
    return Timer(
        id=row.id, kind=row.kind, subject=row.subject, due_at=row.due_at, payload=row.payload, failures=row.failures
    )


# Built once: to build a statement costs several times what it costs to run it, and timers are asked all the time.
_OF = (timers.c.kind == bindparam("of_kind")) & (timers.c.subject == bindparam("of_subject"))
_ID = timers.c.id == bindparam("of_id")
_MOVE = update(timers).where(_OF)
_ARM = insert(timers)
_DUE_OF = select(timers.c.due_at).where(_OF).with_for_update()
_FIND = select(timers).where(_OF).with_for_update()
_CANCEL = delete(timers).where(_OF)
_DUE = (
    select(timers.c.id)
    .where(timers.c.due_at <= bindparam("now"))
    .order_by(timers.c.due_at, timers.c.id)
    .limit(bindparam("most"))
)
_NEXT = select(timers.c.due_at).order_by(timers.c.due_at).limit(1)
_TAKE = select(timers).where(_ID, timers.c.due_at <= bindparam("now")).with_for_update(skip_locked=True)
_TAKEN = delete(timers).where(_ID)


def _named(kind: str, subject: str) -> dict[str, Any]:
    return {"of_kind": kind, "of_subject": subject}


def arm(tx: Tx, kind: str, subject: str, due_at: datetime, payload: Mapping[str, Any] | None = None) -> None:
    """Let `kind` act on `subject` at `due_at`; moves the timer when it is armed already."""
    values = {"due_at": due_at, "payload": payload or {}, "failures": 0, "error": ""}
    if tx.conn.execute(_MOVE, _named(kind, subject) | values).rowcount == 0:
        tx.conn.execute(_ARM, {"kind": kind, "subject": subject, **values})
    tx.wake(Wake.TIMERS)


def arm_no_later(tx: Tx, kind: str, subject: str, due_at: datetime) -> None:
    """Arm, or bring an armed timer forward to `due_at`; an earlier one is left alone."""
    due = tx.conn.execute(_DUE_OF, _named(kind, subject)).scalar_one_or_none()
    if due is None or due > due_at:
        arm(tx, kind, subject, due_at)


def find(tx: Tx, kind: str, subject: str) -> Timer | None:
    """An armed timer."""
    row = tx.conn.execute(_FIND, _named(kind, subject)).one_or_none()
    return None if row is None else _timer(row)


def arm_as_said(tx: Tx, kind: str, subject: str, due_at: datetime, said: Mapping[str, Any]) -> None:
    """Arm what recurs by settings, which are `said` in its payload; one that waits by the same ones is left alone."""
    armed = find(tx, kind, subject)
    if armed is None or armed.payload != said:
        arm(tx, kind, subject, due_at, said)


def hasten(tx: Tx, kinds: Sequence[str]) -> int:
    """Let every timer of `kinds` act now: what it waits for may have changed. Returns how many there are."""
    moved = tx.conn.execute(
        update(timers).where(timers.c.kind.in_(kinds), timers.c.due_at > tx.now).values(due_at=tx.now)
    )
    tx.wake(Wake.TIMERS)
    return moved.rowcount


def cancel(tx: Tx, kind: str, subject: str) -> None:
    """Forget a timer; nothing happens when there is none."""
    tx.conn.execute(_CANCEL, _named(kind, subject))


def due(conn: Connection, now: datetime, limit: int) -> list[int]:
    """The ids of the timers that are due, the longest overdue first."""
    return list(conn.execute(_DUE, {"now": now, "most": limit}).scalars())


def subjects(conn: Connection, kind: str, prefix: str) -> set[str]:
    """What `kind` is armed for, without the `prefix` that all its subjects have."""
    found = conn.execute(select(timers.c.subject).where(timers.c.kind == kind)).scalars()
    return {subject.removeprefix(prefix) for subject in found}


def next_due(conn: Connection) -> datetime | None:
    """When the earliest timer is due."""
    return conn.execute(_NEXT).scalar_one_or_none()


def take(tx: Tx, timer_id: int) -> Timer | None:
    """Lock a due timer and remove it; None when another node has it, or it moved or went meanwhile."""
    row = tx.conn.execute(_TAKE, {"of_id": timer_id, "now": tx.now}).one_or_none()
    if row is None:
        return None
    tx.conn.execute(_TAKEN, {"of_id": timer_id})
    return _timer(row)


def postpone(tx: Tx, timer_id: int, error: str) -> None:
    """After a failed act: try again later, and let health show why."""
    failures = tx.conn.execute(select(timers.c.failures).where(timers.c.id == timer_id)).scalar_one_or_none()
    if failures is None:
        return
    wait = min(_BACKOFF * 2 ** min(failures, 10), _MAX_BACKOFF)
    values = {"due_at": tx.now + wait, "failures": failures + 1, "error": error[:500]}
    tx.conn.execute(update(timers).where(timers.c.id == timer_id).values(**values))


def counts(conn: Connection, now: datetime) -> tuple[int, int]:
    """(timers that are overdue, timers whose last act failed)."""
    overdue = conn.execute(select(func.count()).select_from(timers).where(timers.c.due_at <= now)).scalar_one()
    failing = conn.execute(select(func.count()).select_from(timers).where(timers.c.failures > 0)).scalar_one()
    return overdue, failing
