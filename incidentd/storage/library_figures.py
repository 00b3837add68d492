"""What is counted for the figures of the library."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from incidentd.domain.library_figures import Facts
from incidentd.domain.reviews import State
from incidentd.storage.library_uses import subject_of
from incidentd.storage.schema import incidents
from incidentd.storage.schema_reviews import (
    actions,
    factor_links,
    factors,
    learnings,
    review_followups,
    review_readers,
    reviews,
    themes,
    use_events,
)

_STANDING = and_(factors.c.withdrawn_at.is_(None), factors.c.same_as.is_(None))
Mine = ColumnElement[bool]


class Span:
    """Reviews that are over of incidents that began in a time, without those that are `masked`."""

    def __init__(self, since: datetime | None, until: datetime | None, masked: Collection[int]) -> None:
        began = [incidents.c.started_at >= since] if since is not None else []
        began += [incidents.c.started_at < until] if until is not None else []
        over = reviews.c.state.in_((State.WRITTEN, State.PUBLISHED))
        query = select(reviews.c.incident_id).join(incidents, incidents.c.id == reviews.c.incident_id)
        self._ids = query.where(over, reviews.c.incident_id.not_in(list(masked)), *began)

    def of(self, table: Table) -> Mine:
        """The condition of rows that belong to one of them."""
        return table.c.incident_id.in_(self._ids)


def facts(conn: Connection, span: Span, today: str) -> Facts:
    """What is counted. `today` is a day, 2026-03-14: what was due before is late."""
    late = and_(actions.c.state == "open", actions.c.due_on < today)
    states = _counted(conn, reviews.c.state, span.of(reviews))
    imported = and_(span.of(reviews), reviews.c.imported_from != "", reviews.c.state == State.PUBLISHED)
    standing = and_(span.of(factors), _STANDING)
    asked = select(review_followups.c.days, review_followups.c.changed).where(span.of(review_followups))
    return Facts(
        published=states.get(State.PUBLISHED, 0),
        written=sum(states.values()),
        imported=sum(_counted(conn, reviews.c.state, imported).values()),
        categories=_counted(conn, factors.c.category, standing),
        roles=_counted(conn, factors.c.role, standing),
        themes=_themes(conn, standing),
        factors_again=_factors_again(conn, standing),
        learnings=_learnings(conn, and_(span.of(learnings), learnings.c.withdrawn_at.is_(None))),
        readers=_readers(conn, and_(span.of(reviews), reviews.c.state == State.PUBLISHED)),
        answers=[(row.days, row.changed) for row in conn.execute(asked)],
        actions=_counted(conn, actions.c.state, span.of(actions)),
        late=sum(_counted(conn, actions.c.state, and_(span.of(actions), late)).values()),
    )


def _counted(conn: Connection, column: ColumnElement[str], where: Mine) -> dict[str, int]:
    query = select(column, func.count()).where(where).group_by(column)
    return {row[0]: row[1] for row in conn.execute(query)}


def _themes(conn: Connection, where: Mine) -> dict[str, int]:
    query = select(themes.c.name, func.count()).join(factors, factors.c.theme_id == themes.c.id)
    return {row[0]: row[1] for row in conn.execute(query.where(where).group_by(themes.c.name))}


def _factors_again(conn: Connection, where: Mine) -> int:
    linked = select(factor_links.c.factor_id).where(factor_links.c.earlier_id == factors.c.id).exists()
    used = select(use_events.c.id).where(use_events.c.subject == subject_of("factor", factors.c.id)).exists()
    query = select(func.count()).select_from(factors).where(where, or_(linked, used))
    number: int = conn.execute(query).scalar_one()
    return number


def _learnings(conn: Connection, where: Mine) -> list[tuple[datetime, datetime | None]]:
    query = (
        select(learnings.c.written_at, func.min(use_events.c.at).label("used_at"))
        .outerjoin(use_events, use_events.c.subject == subject_of("learning", learnings.c.id))
        .where(where)
        .group_by(learnings.c.id, learnings.c.written_at)
    )
    return [(row.written_at, row.used_at) for row in conn.execute(query)]


def _readers(conn: Connection, where: Mine) -> list[int]:
    query = (
        select(func.count(review_readers.c.person))
        .select_from(reviews)
        .outerjoin(review_readers, review_readers.c.incident_id == reviews.c.incident_id)
        .where(where)
        .group_by(reviews.c.incident_id)
    )
    return list(conn.execute(query).scalars())
