"""Ideas about the process as rows. Nothing here says who wrote one without a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, false, func, insert, or_, select, true, update

from incidentd.domain.retros import Idea
from incidentd.storage.schema_experiments import process_ideas
from incidentd.storage.tx import Tx

_C = process_ideas.c


def _idea(row: Row[Any]) -> Idea:
    return Idea(**{name: getattr(row, name) for name in Idea.__struct_fields__})


def add(tx: Tx, **values: Any) -> Idea:
    """Keep an idea that is open, at version 1."""
    fixed = {"at": tx.now, "state": "open", "why": "", "version": 1}
    return _idea(tx.conn.execute(insert(process_ideas).values(**fixed | values).returning(process_ideas)).one())


def get(conn: Connection, idea_id: int, *, lock: bool = False) -> Idea | None:
    """One idea, whoever may read it; None when there is none."""
    query = select(process_ideas).where(_C.id == idea_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _idea(row)


def change(tx: Tx, idea: Idea, **values: Any) -> Idea:
    """Store new values of columns; the version goes up by one."""
    statement = update(process_ideas).where(_C.id == idea.id).values(version=_C.version + 1, **values)
    return _idea(tx.conn.execute(statement.returning(process_ideas)).one())


def open_to(person: str) -> ColumnElement[bool]:
    """Those that `person` may read: what is written in silence is its author's only."""
    return or_(_C.hidden.is_(False), written_by(person))


def written_by(person: str) -> ColumnElement[bool]:
    """Those that are known to be of `person`."""
    return _C.by == person if person else false()


def in_state(state: str) -> ColumnElement[bool]:
    """The condition of a list; "all" sorts out nothing."""
    return true() if state == "all" else _C.state == state


def listed(conn: Connection, where: ColumnElement[bool], before: int | None, limit: int) -> list[Idea]:
    """Ideas that fulfil `where`, the newest first, those with an id below `before`."""
    beyond = [] if before is None else [_C.id < before]
    query = select(process_ideas).where(where, *beyond).order_by(_C.id.desc()).limit(limit)
    return [_idea(row) for row in conn.execute(query)]


def count_where(conn: Connection, where: ColumnElement[bool]) -> int:
    """How many ideas fulfil `where`."""
    total: int = conn.execute(select(func.count()).select_from(process_ideas).where(where)).scalar_one()
    return total


def before(conn: Connection, retro_id: int) -> list[Idea]:
    """What a retro has before it: what is open, and what it took, whoever may read it; the oldest first."""
    mine = or_(_C.state == "open", _C.retro_id == retro_id)
    return [_idea(row) for row in conn.execute(select(process_ideas).where(mine).order_by(_C.id))]


def written_in(conn: Connection, retro_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many each person has written in a retro under their name, by retro."""
    found: dict[int, dict[str, int]] = {one: {} for one in retro_ids}
    named = and_(_C.written_in.in_(retro_ids), _C.by != "")
    query = select(_C.written_in, _C.by, func.count()).where(named).group_by(_C.written_in, _C.by)
    for retro_id, person, count in conn.execute(query):
        found[retro_id][person] = count
    return found


def show(tx: Tx, retro_id: int) -> None:
    """What was written in a retro in silence is read by everybody from now on."""
    hidden = and_(_C.written_in == retro_id, _C.hidden.is_(True))
    tx.conn.execute(update(process_ideas).where(hidden).values(hidden=False))


def take(tx: Tx, retro_id: int, idea_ids: Sequence[int]) -> None:
    """A topic of a retro is made of them."""
    values = {"state": "taken", "retro_id": retro_id, "version": _C.version + 1}
    tx.conn.execute(update(process_ideas).where(_C.id.in_(idea_ids)).values(**values))


def release(tx: Tx, idea_ids: Sequence[int]) -> None:
    """No topic is made of them: they wait for the next retro."""
    values = {"state": "open", "retro_id": None, "version": _C.version + 1}
    tx.conn.execute(update(process_ideas).where(_C.id.in_(idea_ids)).values(**values))


def some(conn: Connection, idea_ids: Sequence[int]) -> list[Idea]:
    """Those of some numbers that nobody has hidden, the oldest first."""
    mine = and_(_C.id.in_(idea_ids), _C.hidden.is_(False))
    return [_idea(row) for row in conn.execute(select(process_ideas).where(mine).order_by(_C.id))]
