"""Maintenance windows as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from incidentd.domain.maintenance import Window, WindowPlan
from incidentd.storage.schema_quiet import maintenance
from incidentd.storage.tx import Tx

_ACTIVE = (
    select(maintenance)
    .where(maintenance.c.ends_at > bindparam("now"), maintenance.c.starts_at <= bindparam("now"))
    .order_by(maintenance.c.id)
)


def _window(row: Row[Any]) -> Window:
    values = {name: getattr(row, name) for name in Window.__struct_fields__}
    return Window(**values | {"plan": msgspec.convert(row.plan, WindowPlan)})


def _columns(window: Window) -> dict[str, Any]:
    values = {name: getattr(window, name) for name in Window.__struct_fields__ if name != "id"}
    return values | {"plan": msgspec.to_builtins(window.plan)}


def add(tx: Tx, window: Window) -> Window:
    """Store a new window; the id is given here."""
    return _window(tx.conn.execute(insert(maintenance).values(**_columns(window)).returning(maintenance)).one())


def add_as(tx: Tx, window: Window) -> None:
    """Store a new window under the id that it has."""
    tx.conn.execute(insert(maintenance).values(id=window.id, **_columns(window)))


def change(tx: Tx, window: Window) -> Window:
    """Store a window over its former self, one version on."""
    changed = msgspec.structs.replace(window, version=window.version + 1, updated_at=tx.now)
    tx.conn.execute(update(maintenance).where(maintenance.c.id == window.id).values(**_columns(changed)))
    return changed


def get(conn: Connection, window_id: int, *, lock: bool = False) -> Window | None:
    """One window, None when there is none."""
    query = select(maintenance).where(maintenance.c.id == window_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _window(row)


def active(conn: Connection, now: datetime) -> list[Window]:
    """The windows that hold at `now`, oldest first."""
    return [_window(row) for row in conn.execute(_ACTIVE, {"now": now})]


def listed(conn: Connection, ended_since: datetime | None) -> Sequence[Window]:
    """Windows by their start; those that ended before `ended_since` are left out, None leaves out none."""
    query = select(maintenance).order_by(maintenance.c.starts_at, maintenance.c.id)
    if ended_since is not None:
        query = query.where(maintenance.c.ends_at > ended_since)
    return [_window(row) for row in conn.execute(query)]


def open_of_rule(conn: Connection, rule: int, now: datetime) -> list[Window]:
    """The occurrences of a rule that are not over."""
    query = select(maintenance).where(maintenance.c.rule == rule, maintenance.c.ends_at > now)
    return [_window(row) for row in conn.execute(query.order_by(maintenance.c.id).with_for_update())]
