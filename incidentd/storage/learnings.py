"""Learnings and ideas of reviews as rows. Nothing here says who wrote an anonymous learning."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from incidentd.storage.schema_reviews import learnings, review_ideas
from incidentd.storage.text_search import contains
from incidentd.storage.tx import Tx

_C = learnings.c


class Learning(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody knows now that they did not know before; `author` "" for an anonymous one."""

    id: int
    incident_id: int
    text: str
    author: str
    written_at: datetime
    withdrawn_at: datetime | None
    version: int

    @property
    def subject(self) -> str:
        """What its events carry: the incident's."""
        return f"incident:{self.incident_id}"


class Idea(msgspec.Struct, frozen=True, kw_only=True):
    """An idea in the parking lot."""

    id: int
    incident_id: int
    text: str
    by: str
    at: datetime
    action_id: int | None
    dropped_why: str


def _learning(row: Row[Any]) -> Learning:
    return Learning(**{name: getattr(row, name) for name in Learning.__struct_fields__})


def _idea(row: Row[Any]) -> Idea:
    return Idea(**{name: getattr(row, name) for name in Idea.__struct_fields__})


# ------------------------------------------------------------------ learnings
def add(tx: Tx, incident_id: int, text: str, author: str) -> Learning:
    """Store a learning, at version 1."""
    statement = insert(learnings).values(
        incident_id=incident_id, text=text, author=author, written_at=tx.now, version=1
    )
    return _learning(tx.conn.execute(statement.returning(learnings)).one())


def get(conn: Connection, incident_id: int, learning_id: int) -> Learning | None:
    """A learning that stands."""
    mine = and_(_C.id == learning_id, _C.incident_id == incident_id, _C.withdrawn_at.is_(None))
    row = conn.execute(select(learnings).where(mine)).one_or_none()
    return None if row is None else _learning(row)


def change(tx: Tx, learning: Learning, **values: Any) -> Learning:
    """Store new values of columns; the version goes up by one."""
    statement = update(learnings).where(_C.id == learning.id).values(version=_C.version + 1, **values)
    return _learning(tx.conn.execute(statement.returning(learnings)).one())


def of_incident(conn: Connection, incident_id: int) -> list[Learning]:
    """Those that stand, in the order in which they were written."""
    query = select(learnings).where(_C.incident_id == incident_id, _C.withdrawn_at.is_(None)).order_by(_C.id)
    return [_learning(row) for row in conn.execute(query)]


def conditions(words: Iterable[str], incident_id: int | None, masked: Collection[int]) -> ColumnElement[bool]:
    """Those that stand, with all of `words`, of one incident or of all that are not `masked`."""
    one = [] if incident_id is None else [_C.incident_id == incident_id]
    return and_(_C.withdrawn_at.is_(None), _C.incident_id.not_in(masked), *one, *(contains(_C.text, w) for w in words))


def listed(conn: Connection, where: ColumnElement[bool], before: int | None, limit: int) -> list[Learning]:
    """Learnings that fulfil `where`, the newest first, with an id below `before`."""
    beyond = [] if before is None else [_C.id < before]
    query = select(learnings).where(where, *beyond).order_by(_C.id.desc()).limit(limit)
    return [_learning(row) for row in conn.execute(query)]


def count_where(conn: Connection, where: ColumnElement[bool]) -> int:
    """How many learnings fulfil `where`."""
    total: int = conn.execute(select(func.count()).select_from(learnings).where(where)).scalar_one()
    return total


# ------------------------------------------------------------------ ideas
def add_idea(tx: Tx, incident_id: int, text: str, by: str) -> Idea:
    """Store an idea."""
    statement = insert(review_ideas).values(incident_id=incident_id, text=text, by=by, at=tx.now, dropped_why="")
    return _idea(tx.conn.execute(statement.returning(review_ideas)).one())


def get_idea(conn: Connection, incident_id: int, idea_id: int) -> Idea | None:
    """An idea."""
    mine = and_(review_ideas.c.id == idea_id, review_ideas.c.incident_id == incident_id)
    row = conn.execute(select(review_ideas).where(mine)).one_or_none()
    return None if row is None else _idea(row)


def change_idea(tx: Tx, idea_id: int, **values: Any) -> Idea:
    """Store new values of columns."""
    statement = update(review_ideas).where(review_ideas.c.id == idea_id).values(**values)
    return _idea(tx.conn.execute(statement.returning(review_ideas)).one())


def ideas_of(conn: Connection, incident_id: int) -> list[Idea]:
    """The parking lot of a review, in the order in which ideas came."""
    query = select(review_ideas).where(review_ideas.c.incident_id == incident_id).order_by(review_ideas.c.id)
    return [_idea(row) for row in conn.execute(query)]
