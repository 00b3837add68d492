"""Answers that were given under an idempotency key."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, delete, func, select

from incidentd.storage.schema import answers
from incidentd.storage.tx import Tx

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert


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
    statement = _insert(tx, actor, key, answer)
    changed = {name: statement.excluded[name] for name in Answer.__struct_fields__}
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["actor", "key"], set_=changed))


def remember_first(tx: Tx, actor: str, key: str, answer: Answer) -> bool:
    """Store an answer unless there is one under the key; returns whether it was stored."""
    statement = _insert(tx, actor, key, answer).on_conflict_do_nothing(index_elements=["actor", "key"])
    return tx.conn.execute(statement).rowcount == 1


def _insert(tx: Tx, actor: str, key: str, answer: Answer) -> Insert:
    if tx.is_postgresql:
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    return insert(answers).values(actor=actor, key=key, **msgspec.structs.asdict(answer))


def purge(tx: Tx, before: datetime) -> int:
    """Forget the answers given up to `before`; returns how many."""
    return tx.conn.execute(delete(answers).where(answers.c.at <= before)).rowcount


def oldest(conn: Connection) -> datetime | None:
    """When the oldest answer was given."""
    at: datetime | None = conn.execute(select(func.min(answers.c.at))).scalar_one()
    return at
