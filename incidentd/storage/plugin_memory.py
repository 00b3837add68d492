"""What plugin instances remember."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from incidentd.storage.schema import plugin_memory
from incidentd.storage.tx import Tx


def get(conn: Connection, instance: str, key: str) -> bytes | None:
    """The value under `key`, None when there is none."""
    query = select(plugin_memory.c.value).where(_one(instance, key))
    value: bytes | None = conn.execute(query).scalar_one_or_none()
    return value


def entries(conn: Connection, instance: str) -> dict[str, bytes]:
    """Everything that `instance` remembers, by key."""
    query = select(plugin_memory.c.key, plugin_memory.c.value).where(plugin_memory.c.instance == instance)
    return {row.key: row.value for row in conn.execute(query.order_by(plugin_memory.c.key))}


def count(conn: Connection, instance: str) -> int:
    """How many keys `instance` uses."""
    query = select(func.count()).select_from(plugin_memory).where(plugin_memory.c.instance == instance)
    return conn.execute(query).scalar_one()


def swap(tx: Tx, instance: str, key: str, expected: bytes | None, value: bytes | None) -> bool:
    """Put `value` in the place of `expected`; None stands for "nothing there". False when something else was there."""
    if expected is None:
        return value is None or _insert(tx, instance, key, value)
    there = _one(instance, key) & (plugin_memory.c.value == expected)
    if value is None:
        return tx.conn.execute(delete(plugin_memory).where(there)).rowcount > 0
    change = update(plugin_memory).where(there).values(value=value, changed_at=tx.now)
    return tx.conn.execute(change).rowcount > 0


def _insert(tx: Tx, instance: str, key: str, value: bytes) -> bool:
    if tx.is_postgresql:
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    row = insert(plugin_memory).values(instance=instance, key=key, value=value, changed_at=tx.now)
    return tx.conn.execute(row.on_conflict_do_nothing()).rowcount > 0


def _one(instance: str, key: str) -> ColumnElement[bool]:
    return (plugin_memory.c.instance == instance) & (plugin_memory.c.key == key)
