"""What a letter says of a time: what was published and used, what is tried, and what waits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select

from incidentd.domain.letter import Experiment, Quote
from incidentd.domain.reviews import State
from incidentd.storage import learning_digests
from incidentd.storage.columns import Instant
from incidentd.storage.library_uses import subject_of
from incidentd.storage.schema import incidents
from incidentd.storage.schema_experiments import experiments, process_ideas
from incidentd.storage.schema_process import process_versions
from incidentd.storage.schema_reviews import learnings, reviews, use_events

_STANDING = learnings.c.withdrawn_at.is_(None)
_NEW = and_(
    process_ideas.c.at >= bindparam("since", type_=Instant), process_ideas.c.at < bindparam("until", type_=Instant)
)
_IDEAS = select(func.count(), func.count().filter(_NEW)).where(
    process_ideas.c.state == "open", process_ideas.c.hidden.is_(False)
)


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """What reviews brought that were published in a time. `kept_back` are learnings that a review under way must not
    know yet; `used` is the learning that was used most often in that time, `uses` how often."""

    published: int
    learnings: tuple[Quote, ...]
    kept_back: int
    questions: tuple[Quote, ...]
    used: Quote | None
    uses: int


def learned(conn: Connection, since: datetime, until: datetime) -> Learned:
    """Of reviews that were published from `since` until before `until`, without imported ones and those of drills."""
    query = (
        select(reviews.c.incident_id, reviews.c.sections)
        .join(incidents, incidents.c.id == reviews.c.incident_id)
        .where(
            reviews.c.state == State.PUBLISHED,
            _within(reviews.c.published_at, since, until),
            reviews.c.imported_from == "",
            incidents.c.drill_id.is_(None),
        )
        .order_by(reviews.c.published_at)
    )
    published = {row.incident_id: row.sections for row in conn.execute(query)}
    hidden = learning_digests.kept_back(conn)
    shown = [one for one in published if one not in hidden]
    used, uses = _most_used(conn, since, until, hidden)
    return Learned(
        published=len(published),
        learnings=_learnings(conn, shown),
        kept_back=_count(conn, [one for one in published if one in hidden]),
        questions=tuple(
            Quote(where=f"INC-{one}", text=said)
            for one in shown
            if (said := str(published[one].get("open_questions", "")).strip())
        ),
        used=used,
        uses=uses,
    )


def _within(column: ColumnElement[datetime | None], since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(column >= since, column < until)


def _learnings(conn: Connection, incident_ids: Collection[int]) -> tuple[Quote, ...]:
    query = select(learnings.c.id, learnings.c.incident_id, learnings.c.text).where(
        learnings.c.incident_id.in_(list(incident_ids)), _STANDING
    )
    rows = conn.execute(query.order_by(learnings.c.incident_id, learnings.c.id))
    return tuple(Quote(where=f"L-{row.id} of INC-{row.incident_id}", text=row.text) for row in rows)


def _count(conn: Connection, incident_ids: Collection[int]) -> int:
    query = select(func.count()).where(learnings.c.incident_id.in_(list(incident_ids)), _STANDING)
    number: int = conn.execute(query).scalar_one()
    return number


def _most_used(conn: Connection, since: datetime, until: datetime, hidden: Collection[int]) -> tuple[Quote | None, int]:
    """The learning that was used most, the older one of two; with how often."""
    uses = func.count(use_events.c.id).label("uses")
    query = (
        select(learnings.c.id, learnings.c.incident_id, learnings.c.text, uses)
        .join(use_events, use_events.c.subject == subject_of("learning", learnings.c.id))
        .join(reviews, reviews.c.incident_id == learnings.c.incident_id)
        .where(
            _STANDING,
            reviews.c.state == State.PUBLISHED,
            _within(use_events.c.at, since, until),
            learnings.c.incident_id.not_in(list(hidden)),
        )
        .group_by(learnings.c.id, learnings.c.incident_id, learnings.c.text)
        .order_by(uses.desc(), learnings.c.id)
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None, 0
    return Quote(where=f"L-{row.id} of INC-{row.incident_id}", text=row.text), row.uses


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What changed in how the team works: experiments that ran or ended in a time, versions that came into force."""

    experiments: tuple[Experiment, ...]
    versions: tuple[Quote, ...]
    ideas_waiting: int
    ideas_new: int


def changed(conn: Connection, since: datetime, until: datetime, before: str) -> Changed:
    """From `since` until before `until`, or the day `before`; ideas that only their author reads yet do not count."""
    waiting, new = conn.execute(_IDEAS, {"since": since, "until": until}).one()
    return Changed(
        experiments=tuple(_experiments(conn, since, until, before)),
        versions=_versions(conn, since, until),
        ideas_waiting=waiting,
        ideas_new=new,
    )


def _experiments(conn: Connection, since: datetime, until: datetime, before: str) -> Iterator[Experiment]:
    """What ended later runs still, for who looks at this time."""
    row = experiments.c
    ended = func.coalesce(row.decided_at, row.stopped_at)
    query = select(experiments).where(row.begins_on < before, or_(ended.is_(None), ended >= since))
    for one in conn.execute(query.order_by(row.id)):
        decided = one.decided_at is not None and one.decided_at < until
        stopped = one.stopped_at is not None and one.stopped_at < until
        verdict = one.verdict if decided else "stopped" if stopped else ""
        yield Experiment(
            name=f"X-{one.id}",
            hypothesis=one.hypothesis,
            ends_on=one.ends_on,
            verdict=verdict,
            why=one.why if verdict else "",
        )


def _versions(conn: Connection, since: datetime, until: datetime) -> tuple[Quote, ...]:
    row = process_versions.c
    in_force = row.state.in_(("adopted", "superseded"))
    query = select(row.id, row.reason, row.note).where(in_force, _within(row.decided_at, since, until))
    found = conn.execute(query.order_by(row.decided_at, row.id))
    return tuple(Quote(where=f"V-{one.id}", text=one.reason or one.note) for one in found)
