"""What people said of wording, as rows: one opinion a person and phrase."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from incidentd.domain.lint.tuning import Verdict
from incidentd.storage.schema_wording import wording_verdicts
from incidentd.storage.tx import Tx


def _verdict(row: Row[Any]) -> Verdict:
    return Verdict(id=row.id, rule=row.rule, phrase=row.phrase, keep=row.keep, reason=row.reason, by=row.by, at=row.at)


def listed(conn: Connection) -> list[Verdict]:
    """Everything that was said."""
    return [_verdict(row) for row in conn.execute(select(wording_verdicts))]


def get(conn: Connection, verdict_id: int) -> Verdict | None:
    """One opinion."""
    row = conn.execute(select(wording_verdicts).where(wording_verdicts.c.id == verdict_id)).one_or_none()
    return None if row is None else _verdict(row)


def put(tx: Tx, rule: str, phrase: str, by: str, *, keep: bool, reason: str) -> Verdict:
    """Store an opinion, over an earlier one of that person."""
    table = wording_verdicts
    values = {"keep": keep, "reason": reason, "at": tx.now}
    mine = (table.c.rule == rule, table.c.phrase == phrase, table.c.by == by)
    row = tx.conn.execute(update(table).where(*mine).values(**values).returning(table)).one_or_none()
    if row is None:
        statement = insert(table).values(rule=rule, phrase=phrase, by=by, **values).returning(table)
        row = tx.conn.execute(statement).one()
    return _verdict(row)


def remove(tx: Tx, verdict_id: int) -> None:
    """Take an opinion back."""
    tx.conn.execute(delete(wording_verdicts).where(wording_verdicts.c.id == verdict_id))
