"""Which incidents a review lists as similar, what they are found by, and what people said of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select

from incidentd.domain.incidents import Incident, Status
from incidentd.domain.review_masks import Seat
from incidentd.domain.reviews import HELD, State
from incidentd.storage import incidents
from incidentd.storage.schema import incidents as incidents_table
from incidentd.storage.schema_facts import attempts
from incidentd.storage.schema_reviews import factors, review_people, reviews, similar_answers
from incidentd.storage.schema_support import reports
from incidentd.storage.tx import Tx
from incidentd.wire.review_similar import Differs

_NO_PAST = (Status.MERGED, Status.FALSE_ALARM)
_PART = 500


def seats(conn: Connection, person: str) -> list[Seat]:
    """Where somebody sits, or sat, among reviews whose workshop is under way."""
    mine = review_people.join(reviews, reviews.c.incident_id == review_people.c.incident_id)
    query = select(reviews.c.incident_id, reviews.c.similar, review_people.c.left_at, review_people.c.factors_in_at)
    query = query.select_from(mine).where(review_people.c.person == person, reviews.c.state.in_(sorted(HELD)))
    return [
        Seat(
            incident_id=row.incident_id,
            present=row.left_at is None,
            factors_in=row.factors_in_at is not None,
            similar=tuple(one["id"] for one in row.similar or ()),
        )
        for row in conn.execute(query)
    ]


# ------------------------------------------------------------------ earlier incidents
def _before(one: Incident) -> ColumnElement[bool]:
    """Real incidents that began before it; an imported one has a higher number than its time."""
    c = incidents_table.c
    return and_(c.started_at < one.started_at, c.id != one.id, c.drill_id.is_(None), c.status.not_in(_NO_PAST))


def earlier(conn: Connection, one: Incident, newest: int, oldest: int, among: Sequence[int] = ()) -> list[Incident]:
    """Incidents before `one`: the newest, the oldest, and those of `among`."""
    ids = select(incidents_table.c.id).where(_before(one))
    by = incidents_table.c.started_at, incidents_table.c.id
    last = conn.execute(ids.order_by(*(column.desc() for column in by)).limit(newest)).scalars().all()
    first = conn.execute(ids.order_by(*by).limit(oldest)).scalars().all()
    named = conn.execute(ids.where(incidents_table.c.id.in_(among))).scalars().all()
    return incidents.among(conn, sorted({*last, *first, *named}))


def highest(conn: Connection) -> int:
    """The highest number of an incident, 0 when there is none."""
    found: int | None = conn.execute(select(func.max(incidents_table.c.id))).scalar_one()
    return found or 0


def earlier_among(conn: Connection, one: Incident, ids: Sequence[int]) -> dict[int, bool]:
    """Those of `ids` that are incidents before `one`, and whether each has a review that is over."""
    over = select(reviews.c.incident_id).where(reviews.c.state.in_([State.WRITTEN, State.PUBLISHED]))
    reviewed = incidents_table.c.id.in_(over)
    query = select(incidents_table.c.id, reviewed).where(_before(one), incidents_table.c.id.in_(ids))
    return {number: bool(held) for number, held in conn.execute(query)}


def reported_in(conn: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """The subjects of what customers reported, by incident and oldest first."""
    return _texts(conn, reports.c.incident_id, reports.c.subject, reports.c.id, ids)


def tried_in(conn: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """What was tried, by incident and oldest first."""
    return _texts(conn, attempts.c.incident_id, attempts.c.text, attempts.c.id, ids)


def _texts(
    conn: Connection, of: ColumnElement[Any], text: ColumnElement[Any], order: ColumnElement[Any], ids: Sequence[int]
) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {one: [] for one in ids}
    for start in range(0, len(ids), _PART):
        query = select(of, text).where(of.in_(ids[start : start + _PART])).order_by(order)
        for incident_id, said in conn.execute(query):
            found[incident_id].append(said)
    return found


def factor_texts(conn: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """The contributing factors of reviews that are over, by incident."""
    found: dict[int, list[str]] = {one: [] for one in ids}
    over = and_(factors.c.withdrawn_at.is_(None), reviews.c.state.in_([State.WRITTEN, State.PUBLISHED]))
    for start in range(0, len(ids), _PART):
        mine = and_(over, factors.c.incident_id.in_(ids[start : start + _PART]))
        query = select(factors.c.incident_id, factors.c.text).join(
            reviews, reviews.c.incident_id == factors.c.incident_id
        )
        for incident_id, text in conn.execute(query.where(mine)):
            found[incident_id].append(text)
    return found


# ------------------------------------------------------------------ what differs
def add_answer(tx: Tx, **values: Any) -> int:
    """Store what somebody says differs; returns its number."""
    statement = insert(similar_answers).values(at=tx.now, **values).returning(similar_answers.c.id)
    number: int = tx.conn.execute(statement).scalar_one()
    return number


def answers(conn: Connection, incident_id: int) -> dict[int, tuple[Differs, ...]]:
    """What was said in a review to differ, by the other incident and oldest first."""
    found: dict[int, tuple[Differs, ...]] = {}
    query = select(similar_answers).where(similar_answers.c.incident_id == incident_id).order_by(similar_answers.c.id)
    for row in conn.execute(query):
        said = Differs(id=row.id, person=row.person, text=row.text, at=row.at)
        found[row.other_id] = (*found.get(row.other_id, ()), said)
    return found
