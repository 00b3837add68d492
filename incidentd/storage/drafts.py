"""Drafts: what somebody is writing, kept so that a lost connection loses no text."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from incidentd.storage.schema import drafts
from incidentd.storage.tx import Tx
from incidentd.wire.drafts import Draft


def _mine(person: str, key: str) -> tuple[object, ...]:
    return (drafts.c.person == person, drafts.c.key == key)


def get(conn: Connection, person: str, key: str) -> Draft:
    """A person's draft; without text and time when there is none."""
    row = conn.execute(select(drafts).where(*_mine(person, key))).one_or_none()  # type: ignore[arg-type]
    return Draft(key=key, text=row.text if row else "", saved_at=row.saved_at if row else None)


def put(tx: Tx, person: str, key: str, text: str) -> None:
    """Store a draft over an earlier one."""
    if tx.is_postgresql:
        from sqlalchemy.dialects.postgresql import insert as upsert
    else:
        from sqlalchemy.dialects.sqlite import insert as upsert  # type: ignore[assignment]
    statement = upsert(drafts).values(person=person, key=key, text=text, saved_at=tx.now)
    changed = {"text": statement.excluded.text, "saved_at": statement.excluded.saved_at}
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["person", "key"], set_=changed))


def remove(tx: Tx, person: str, key: str) -> None:
    """Forget a draft; nothing happens when there is none."""
    tx.conn.execute(delete(drafts).where(*_mine(person, key)))  # type: ignore[arg-type]
