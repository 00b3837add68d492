"""Monthly letters as rows: what is due to be sent, and what was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from incidentd.storage.schema_letters import letters
from incidentd.storage.tx import Tx


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that was sent."""

    month: str
    title: str
    text: str
    markdown: str
    sent_at: datetime
    audiences: tuple[str, ...]
    readers: int


_COLUMNS = tuple(letters.c[name] for name in Sent.__struct_fields__)


def _sent(row: Row[Any]) -> Sent:
    return Sent(**{**row._mapping, "audiences": tuple(row.audiences)})


def sent(conn: Connection, month: str) -> Sent | None:
    """The letter about a month; None when none was sent."""
    row = conn.execute(select(*_COLUMNS).where(letters.c.month == month, letters.c.sent_at.is_not(None))).one_or_none()
    return None if row is None else _sent(row)


def all_sent(conn: Connection) -> list[Sent]:
    """Every letter that was sent, the newest month first."""
    query = select(*_COLUMNS).where(letters.c.sent_at.is_not(None)).order_by(letters.c.month.desc())
    return [_sent(row) for row in conn.execute(query)]


def due(conn: Connection) -> list[str]:
    """The months whose letter is to be sent, the oldest first."""
    query = select(letters.c.month).where(letters.c.sent_at.is_(None)).order_by(letters.c.month)
    return list(conn.execute(query).scalars())


def make_due(tx: Tx, month: str) -> None:
    """Let the letter about a month be sent, unless it was already."""
    known = tx.conn.execute(select(letters.c.month).where(letters.c.month == month)).one_or_none()
    if known is None:
        empty = {"title": "", "text": "", "markdown": "", "audiences": [], "readers": 0}
        tx.conn.execute(insert(letters).values(month=month, due_at=tx.now, **empty))


def is_due(tx: Tx, month: str) -> bool:
    """Whether it is to be sent still; nobody else sends it until this transaction ends."""
    mine = select(letters.c.month).where(letters.c.month == month, letters.c.sent_at.is_(None)).with_for_update()
    return tx.conn.execute(mine).one_or_none() is not None


def keep(tx: Tx, month: str, **values: Any) -> None:
    """Store what is sent now."""
    tx.conn.execute(update(letters).where(letters.c.month == month).values(sent_at=tx.now, **values))


def drop(tx: Tx, month: str) -> None:
    """It is not sent: there is nothing to say, or nobody to say it to."""
    tx.conn.execute(delete(letters).where(letters.c.month == month, letters.c.sent_at.is_(None)))
