"""Reviews as rows, with those who take part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from incidentd.domain.review_steps import Step
from incidentd.domain.reviews import Member, Review, State
from incidentd.storage.schema_reviews import factors, review_people, reviews
from incidentd.storage.tx import Tx


def _review(row: Row[Any]) -> Review:
    values = {name: getattr(row, name) for name in Review.__struct_fields__}
    return Review(**values | {"state": State(row.state), "step": Step(row.step)})


def create(tx: Tx, **values: Any) -> Review:
    """Store a review that begins now, at version 1."""
    fixed = {"walked": False, "sections": {}, "imported_from": "", "version": 1}
    statement = insert(reviews).values(**fixed | values)
    return _review(tx.conn.execute(statement.returning(reviews)).one())


def get(conn: Connection, incident_id: int, *, lock: bool = False) -> Review | None:
    """The review of an incident, None when it has none."""
    query = select(reviews).where(reviews.c.incident_id == incident_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _review(row)


def having(conn: Connection, incident_ids: Sequence[int]) -> set[int]:
    """Those of some incidents that have a review."""
    query = select(reviews.c.incident_id).where(reviews.c.incident_id.in_(incident_ids))
    return set(conn.execute(query).scalars())


def begun_at(conn: Connection, incident_ids: Sequence[int]) -> dict[int, datetime]:
    """When the review of each of some incidents was begun."""
    query = select(reviews.c.incident_id, reviews.c.started_at)
    found = conn.execute(query.where(reviews.c.incident_id.in_(incident_ids)))
    return {row.incident_id: row.started_at for row in found}


def change(tx: Tx, review: Review, **values: Any) -> Review:
    """Store new values of columns; the version goes up by one."""
    statement = update(reviews).where(reviews.c.incident_id == review.incident_id)
    statement = statement.values(version=reviews.c.version + 1, **values)
    return _review(tx.conn.execute(statement.returning(reviews)).one())


def in_states(states: Sequence[State]) -> ColumnElement[bool]:
    """The condition of a list."""
    return reviews.c.state.in_(states)


def listed(conn: Connection, where: ColumnElement[bool], before: int | None, limit: int) -> list[Review]:
    """Reviews that fulfil `where`, those of the newest incidents first, of incidents with an id below `before`."""
    beyond = [] if before is None else [reviews.c.incident_id < before]
    query = select(reviews).where(where, *beyond).order_by(reviews.c.incident_id.desc()).limit(limit)
    return [_review(row) for row in conn.execute(query)]


def count_where(conn: Connection, where: ColumnElement[bool]) -> int:
    """How many reviews fulfil `where`."""
    total: int = conn.execute(select(func.count()).select_from(reviews).where(where)).scalar_one()
    return total


# ------------------------------------------------------------------ who takes part
def members(conn: Connection, incident_ids: Sequence[int]) -> dict[int, list[Member]]:
    """Those who take part, or did, by incident and in the order in which they joined."""
    found: dict[int, list[Member]] = {one: [] for one in incident_ids}
    query = select(review_people).where(review_people.c.incident_id.in_(incident_ids))
    for row in conn.execute(query.order_by(review_people.c.joined_at, review_people.c.person)):
        values = {name: getattr(row, name) for name in Member.__struct_fields__}
        found[row.incident_id].append(Member(**values))
    return found


def member(conn: Connection, incident_id: int, person: str) -> Member | None:
    """The part of one person, None for somebody who never took part."""
    found = members(conn, [incident_id])[incident_id]
    return next((one for one in found if one.person == person), None)


def join(tx: Tx, incident_id: int, person: str) -> None:
    """`person` takes part from now on; somebody who left comes back."""
    mine = and_(review_people.c.incident_id == incident_id, review_people.c.person == person)
    if tx.conn.execute(update(review_people).where(mine).values(left_at=None)).rowcount:
        return
    new = {"joined_at": tx.now, "done_step": ""}
    tx.conn.execute(insert(review_people).values(incident_id=incident_id, person=person, **new))


def change_member(tx: Tx, incident_id: int, person: str, **values: Any) -> bool:
    """Store what somebody says of themselves; whether they take part at all."""
    mine = and_(review_people.c.incident_id == incident_id, review_people.c.person == person)
    return bool(tx.conn.execute(update(review_people).where(mine).values(**values)).rowcount)


def nobody_is_done(tx: Tx, incident_id: int) -> None:
    """A step begins: whoever said that they were done says it anew."""
    tx.conn.execute(update(review_people).where(review_people.c.incident_id == incident_id).values(done_step=""))


def factor_counts(conn: Connection, incident_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many factors each person has written, by incident."""
    found: dict[int, dict[str, int]] = {one: {} for one in incident_ids}
    mine = and_(factors.c.incident_id.in_(incident_ids), factors.c.withdrawn_at.is_(None))
    query = select(factors.c.incident_id, factors.c.author, func.count()).where(mine)
    for incident_id, author, count in conn.execute(query.group_by(factors.c.incident_id, factors.c.author)):
        found[incident_id][author] = count
    return found
