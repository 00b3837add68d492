"""Answers that were given under an idempotency key."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, func, select

from incidentd.storage.schema import answers
from incidentd.storage.tx import Tx


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The digest of a request, and what it was answered."""

    digest: str
    status: int
    body: str
    at: datetime


def find(conn: Connection, actor: str, key: str) -> Answer | None:
    """What `actor` was answered under `key`."""
    row = conn.execute(select(answers).where(answers.c.actor == actor, answers.c.key == key)).one_or_none()
    return None if row is None else Answer(digest=row.digest, status=row.status, body=row.body, at=row.at)


def remember(tx: Tx, actor: str, key: str, answer: Answer) -> None:
    """Store an answer; one that was stored under the key before is replaced."""
    if tx.is_postgresql:
        from sqlalchemy.dialects.postgresql import insert as upsert
    else:
        from sqlalchemy.dialects.sqlite import insert as upsert  # type: ignore[assignment]
    values = msgspec.structs.asdict(answer)
    statement = upsert(answers).values(actor=actor, key=key, **values)
    changed = {name: statement.excluded[name] for name in values}
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["actor", "key"], set_=changed))


def purge(tx: Tx, before: datetime) -> int:
    """Forget the answers given up to `before`; returns how many."""
    return tx.conn.execute(delete(answers).where(answers.c.at <= before)).rowcount


def oldest(conn: Connection) -> datetime | None:
    """When the oldest answer was given."""
    at: datetime | None = conn.execute(select(func.min(answers.c.at))).scalar_one()
    return at
