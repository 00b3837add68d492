"""Silences as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from incidentd.domain.matchers import Matcher
from incidentd.domain.silences import Silence, Status
from incidentd.storage.schema_quiet import silences
from incidentd.storage.tx import Tx

_ACTIVE = (
    select(silences)
    .where(silences.c.ends_at > bindparam("now"), silences.c.starts_at <= bindparam("now"))
    .order_by(silences.c.starts_at, silences.c.id)
)


def _silence(row: Row[Any]) -> Silence:
    values = {name: getattr(row, name) for name in Silence.__struct_fields__}
    return Silence(**values | {"matchers": msgspec.convert(row.matchers, tuple[Matcher, ...])})


def _columns(silence: Silence) -> dict[str, Any]:
    values = {name: getattr(silence, name) for name in Silence.__struct_fields__}
    return values | {"matchers": msgspec.to_builtins(silence.matchers)}


def get(conn: Connection, silence_id: str, *, lock: bool = False) -> Silence | None:
    """One silence, None when there is none."""
    query = select(silences).where(silences.c.id == silence_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _silence(row)


def add(tx: Tx, silence: Silence) -> None:
    """Store a new silence."""
    tx.conn.execute(insert(silences).values(**_columns(silence)))


def change(tx: Tx, silence: Silence) -> None:
    """Store a silence over its former self."""
    tx.conn.execute(update(silences).where(silences.c.id == silence.id).values(**_columns(silence)))


def active(conn: Connection, now: datetime) -> list[Silence]:
    """The silences that hold at `now`, oldest start first."""
    return [_silence(row) for row in conn.execute(_ACTIVE, {"now": now})]


def open_of_rule(conn: Connection, rule: int, now: datetime) -> list[Silence]:
    """The occurrences of a rule that are not over."""
    query = select(silences).where(silences.c.rule == rule, silences.c.ends_at > now)
    return [_silence(row) for row in conn.execute(query.order_by(silences.c.starts_at).with_for_update())]


def listed(conn: Connection, now: datetime, statuses: Sequence[Status], ended_since: datetime) -> list[Silence]:
    """Silences with one of `statuses`, the next to end first; of the expired those that ended since a time."""
    query = select(silences).where(silences.c.ends_at >= ended_since).order_by(silences.c.ends_at, silences.c.id)
    return [one for row in conn.execute(query) if (one := _silence(row)).status(now) in statuses]
