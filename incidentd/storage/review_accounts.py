"""Accounts of a review as rows, with those to whom each was new."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from incidentd.storage.schema_reviews import review_account_news, review_accounts
from incidentd.storage.tx import Tx

_C = review_accounts.c


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What one person saw, thought and tried at a moment, or of the whole (`at` None)."""

    id: int
    incident_id: int
    person: str
    at: datetime | None
    seq: int | None
    saw: str
    thought: str
    tried: str
    text: str
    written_at: datetime
    edited_at: datetime
    withdrawn_at: datetime | None
    version: int


def _account(row: Row[Any]) -> Account:
    return Account(**{name: getattr(row, name) for name in Account.__struct_fields__})


def add(tx: Tx, **values: Any) -> Account:
    """Store an account, at version 1."""
    statement = insert(review_accounts).values(written_at=tx.now, edited_at=tx.now, version=1, **values)
    return _account(tx.conn.execute(statement.returning(review_accounts)).one())


def get(conn: Connection, incident_id: int, account_id: int) -> Account | None:
    """An account that stands."""
    query = select(review_accounts).where(_C.id == account_id, _C.incident_id == incident_id, _C.withdrawn_at.is_(None))
    row = conn.execute(query).one_or_none()
    return None if row is None else _account(row)


def change(tx: Tx, account: Account, **values: Any) -> Account:
    """Store new values of columns; the version goes up by one."""
    statement = update(review_accounts).where(_C.id == account.id).values(version=_C.version + 1, **values)
    return _account(tx.conn.execute(statement.returning(review_accounts)).one())


def of_incident(conn: Connection, incident_id: int) -> list[Account]:
    """Those that stand, in the order in which they were written."""
    query = select(review_accounts).where(_C.incident_id == incident_id, _C.withdrawn_at.is_(None)).order_by(_C.id)
    return [_account(row) for row in conn.execute(query)]


def new_to(conn: Connection, account_ids: Iterable[int]) -> dict[int, set[str]]:
    """The people to whom each account was new."""
    found: dict[int, set[str]] = {one: set() for one in account_ids}
    query = select(review_account_news.c.account_id, review_account_news.c.person)
    for account_id, person in conn.execute(query.where(review_account_news.c.account_id.in_(list(found)))):
        found[account_id].add(person)
    return found


def mark(tx: Tx, account_id: int, person: str, *, new: bool) -> bool:
    """Say that an account was new to `person`, or take that back; whether it was otherwise before."""
    mine = and_(review_account_news.c.account_id == account_id, review_account_news.c.person == person)
    if not new:
        return bool(tx.conn.execute(delete(review_account_news).where(mine)).rowcount)
    if tx.conn.execute(select(review_account_news.c.at).where(mine)).first() is not None:
        return False
    tx.conn.execute(insert(review_account_news).values(account_id=account_id, person=person, at=tx.now))
    return True
