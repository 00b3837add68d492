"""What figures are reckoned from, read in parts: queries of a bounded number of rows, however long it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, text

from incidentd.domain.incidents import Incident
from incidentd.domain.protection_log import HAPPENED, STATES
from incidentd.storage import incidents as incident_rows
from incidentd.storage import process_versions
from incidentd.storage.event_log import event, of_subjects
from incidentd.storage.schema import events, groups, incidents, pages
from incidentd.storage.schema_duty import PROTECTION_KINDS
from incidentd.storage.schema_handover import handovers, rests
from incidentd.storage.schema_review_window import review_openings
from incidentd.storage.schema_reviews import actions, factors, learnings, reviews, use_events
from incidentd.storage.schema_support import customers, reports
from incidentd.wire import Event
from incidentd.wire.figures import VersionBoundary

Rows = Sequence[Any]
_SHORT = 12  # of a hash, where it has no number


def real_incidents(conn: Connection, after: int, limit: int) -> list[Incident]:
    """Incidents of no drill, by their number."""
    query = select(incidents).where(incidents.c.id > after, incidents.c.drill_id.is_(None))
    return incident_rows.read(conn, query.order_by(incidents.c.id).limit(limit))


def last_seqs(conn: Connection, subjects: Sequence[str]) -> dict[str, int]:
    """The seq of the newest event about each of some subjects."""
    query = select(events.c.subject, func.max(events.c.seq)).where(events.c.subject.in_(subjects))
    return {row[0]: row[1] for row in conn.execute(query.group_by(events.c.subject))}


def versions(conn: Connection) -> list[VersionBoundary]:
    """When each version of the process came into force, the oldest first; one that came again is there again.

    Of one that was never recorded only its first incident is known.
    """
    numbered = process_versions.numbers(conn)
    subjects = [f"process:{number}" for number in numbered.values()]
    reasons = process_versions.reasons(conn)
    found = [_adopted(one.at, one.data, reasons) for one in of_subjects(conn, subjects, [process_versions.ADOPTED])]
    c = incidents.c
    since = func.min(c.declared_at, type_=c.declared_at.type).label("since")
    query = select(since, c.process_version).where(c.process_version != "").group_by(c.process_version)
    told = {one.version for one in found}
    found += [
        VersionBoundary(at=row.since, version=row.process_version, name=row.process_version[:_SHORT], reason="")
        for row in conn.execute(query)
        if row.process_version not in told
    ]
    return sorted(found, key=lambda one: one.at)


def _adopted(at: datetime, data: Any, reasons: dict[str, str]) -> VersionBoundary:
    """Why it was made, the first time; later, why it came again: `reasons` are used up."""
    version = data["process_version"]
    reason = reasons.pop(version, "") or data["reason"]
    return VersionBoundary(at=at, version=version, name=data["name"], reason=reason)


def _part(conn: Connection, query: Select[Any], number: ColumnElement[int], after: int, limit: int) -> Rows:
    return conn.execute(query.where(number > after).order_by(number).limit(limit)).all()


def real_pages(conn: Connection, after: int, limit: int) -> Rows:
    """Pages of no drill."""
    c = pages.c
    query = select(c.id, c.started_at, c.service, c.urgency, c.incident_id, c.resolved_at, c.version)
    return _part(conn, query.where(c.drill_id.is_(None)), c.id, after, limit)


def real_groups(conn: Connection, after: int, limit: int) -> Rows:
    """Groups of alerts of no drill, and whether there is a page about each."""
    c = groups.c
    paged = select(pages.c.id).where(pages.c.group_id == c.id).exists().label("paged")
    query = select(c.id, c.opened_at, c.service, paged).where(~c.key.startswith("drill:", autoescape=True))
    return _part(conn, query, c.id, after, limit)


def all_reports(conn: Connection, after: int, limit: int) -> Rows:
    """Reports with the kind of their customer."""
    c = reports.c
    query = select(
        c.id, c.state, c.service, c.incident_id, c.created_at, c.first_response_due, c.first_responded_at,
        c.followed_up_at, c.process_version, customers.c.kind,
    ).join(customers, customers.c.id == c.customer_id)  # fmt: skip
    return _part(conn, query, c.id, after, limit)


def held_reviews(conn: Connection) -> Rows:
    """Reviews that were held here."""
    c = reviews.c
    return conn.execute(select(c.incident_id, c.state, c.started_at).where(c.imported_from == "")).all()


def opened_early(conn: Connection) -> set[int]:
    """The incidents whose review a second person let begin before people rested."""
    query = select(review_openings.c.incident_id).where(review_openings.c.state == "granted")
    return set(conn.execute(query).scalars())


def standing_factors(conn: Connection, after: int, limit: int) -> Rows:
    """Factors that were neither withdrawn nor said before."""
    c = factors.c
    query = select(c.id, c.incident_id, c.category, c.written_at)
    return _part(conn, query.where(c.withdrawn_at.is_(None), c.same_as.is_(None)), c.id, after, limit)


def standing_learnings(conn: Connection, after: int, limit: int) -> Rows:
    """Learnings that were not withdrawn."""
    c = learnings.c
    query = select(c.id, c.incident_id, c.written_at).where(c.withdrawn_at.is_(None))
    return _part(conn, query, c.id, after, limit)


def first_uses(conn: Connection) -> dict[str, str]:
    """The kind of the first use of each learning that has one, by subject (learning:4)."""
    c = use_events.c
    query = select(c.subject, c.kind).where(c.subject.startswith("learning:")).order_by(c.at.desc(), c.id.desc())
    return {row.subject: row.kind for row in conn.execute(query)}


def all_actions(conn: Connection, after: int, limit: int) -> Rows:
    c = actions.c
    query = select(c.id, c.incident_id, c.owner_team, c.created_at, c.due_on, c.state, c.ended_at)
    return _part(conn, query, c.id, after, limit)


def protection_events(conn: Connection, after: int, since: datetime, limit: int) -> list[Event]:
    """What `domain.protection_log` reads: what stands from the beginning on, what happened from `since` on."""
    kinds = text(PROTECTION_KINDS)  # word for word as in the index, so that it is used
    wanted = events.c.kind.in_(STATES) | (events.c.kind.in_(HAPPENED) & (events.c.at >= since))
    query = select(events).where(kinds, wanted, events.c.seq > after).order_by(events.c.seq).limit(limit)
    return [event(row) for row in conn.execute(query)]


def practice_pages(conn: Connection) -> list[str]:
    """The pages of drills, as subjects."""
    return [f"page:{one}" for one in conn.execute(select(pages.c.id).where(pages.c.drill_id.is_not(None))).scalars()]


def answered_rests(conn: Connection) -> Rows:
    """Offers of rest after heavy shifts that are answered or over."""
    c = rests.c
    return conn.execute(
        select(c.person, c.last_at, c.state, c.late, c.relief, c.skip).where(c.state != "offered")
    ).all()


def ended_blocks(conn: Connection, now: datetime) -> Rows:
    """Duty blocks that are over and had somebody to be handed over to."""
    c = handovers.c
    query = select(c.schedule, c.person, c.ends_at, c.sent_at).where(c.ends_at <= now, c.next_person != "")
    return conn.execute(query).all()
