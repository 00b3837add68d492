"""Single values of the installation, by name."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from incidentd.storage.schema import meta
from incidentd.storage.tx import Tx


def put(tx: Tx, name: str, value: str) -> None:
    """Set a value."""
    if tx.conn.execute(update(meta).where(meta.c.name == name).values(value=value)).rowcount == 0:
        tx.conn.execute(insert(meta).values(name=name, value=value))


def get(tx: Tx, name: str, *, lock: bool = False) -> str | None:
    """A value, None when there is none."""
    query = select(meta.c.value).where(meta.c.name == name)
    found: str | None = tx.conn.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    return found
