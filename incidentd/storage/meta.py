"""Single values of the installation, by name."""

from __future__ import annotations

from sqlalchemy import insert, update

from incidentd.storage.schema import meta
from incidentd.storage.tx import Tx


def put(tx: Tx, name: str, value: str) -> None:
    """Set a value."""
    if tx.conn.execute(update(meta).where(meta.c.name == name).values(value=value)).rowcount == 0:
        tx.conn.execute(insert(meta).values(name=name, value=value))
