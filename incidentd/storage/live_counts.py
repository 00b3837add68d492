"""What there is at one instant, counted for the metrics: a fixed number of cheap statements. Drills are left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, and_, bindparam, desc, func, select, text

from incidentd.domain.incidents import AWAITING_REVIEW, RESPONDING, UPDATES_OWED
from incidentd.domain.process import Process
from incidentd.domain.response_history import wants_two_leads
from incidentd.domain.roles import EXCLUSIVE, Role, broken_rules
from incidentd.domain.severity import Severity
from incidentd.storage import alerts, deliveries, incidents, reports, timers
from incidentd.storage.columns import Instant
from incidentd.storage.schema import incidents as incidents_table
from incidentd.storage.schema import pages, role_assignments
from incidentd.storage.schema_experiments import experiments, process_ideas
from incidentd.storage.schema_process import process_versions
from incidentd.storage.schema_reviews import actions

_ACTIVE_PAGES = text("pages.state <> 'resolved'")
"""As a condition, word for word that of the index: only so SQLite uses it."""
_REAL = incidents_table.c.drill_id.is_(None)
_ROW = incidents_table.c
STANDINGS = ("waiting", "open", "soon", "late")
"""How a review may stand that was not held yet; the words of `incidents.review_stands`."""
_NOW = bindparam("now", type_=Instant)
# Built once: to build a statement costs several times what it costs to run it, and a scrape runs them all.
_BY_STATE = (
    select(pages.c.state, pages.c.urgency, func.count())
    .where(_ACTIVE_PAGES, pages.c.drill_id.is_(None))
    .group_by(pages.c.state, pages.c.urgency)
)
_UNREACHABLE = select(func.count()).where(
    _ACTIVE_PAGES, pages.c.state != "acknowledged", pages.c.last_resort_at.is_not(None)
)
_COUNTED = (_ROW.process_version, _ROW.severity, _ROW.status)
_INCIDENTS = (
    select(*_COUNTED, func.count(), func.max(_ROW.id).label("newest"))
    .where(_REAL)
    .group_by(*_COUNTED)
    .order_by(desc("newest"))
)
_OVERDUE = select(func.count()).where(_REAL, _ROW.status.in_(sorted(UPDATES_OWED)), _ROW.next_update_at <= _NOW)
_REVIEWS = (
    select(_ROW.severity, *(func.count().filter(incidents.review_stands(one, _NOW)) for one in STANDINGS))
    .where(_REAL, _ROW.status.in_(sorted(AWAITING_REVIEW)))
    .group_by(_ROW.severity)
)
_LATE = func.count().filter(actions.c.due_on < bindparam("today"))
_ACTIONS = select(func.count(), _LATE).where(actions.c.state == "open")
_EXPERIMENTS = select(experiments.c.state, func.count()).group_by(experiments.c.state)
_IDEAS = select(func.count()).where(process_ideas.c.state == "open", process_ideas.c.hidden.is_(False))
_NUMBER = select(process_versions.c.id).where(process_versions.c.process_version == bindparam("hash"))
_LEADS = and_(
    role_assignments.c.incident_id == _ROW.id,
    role_assignments.c.ends_at.is_(None),
    role_assignments.c.role.in_(sorted(EXCLUSIVE)),
)
_LEADING = (
    select(_ROW.id, _ROW.severity, _ROW.many_stakeholders, role_assignments.c.role, role_assignments.c.person)
    .outerjoin(role_assignments, _LEADS)
    .where(_REAL, _ROW.status.in_(sorted(RESPONDING)))
)


class PagingCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What pages people, and what carries it. `pages` are by (state, urgency), `waiting` by notifier."""

    alerts_firing: int
    alerts_unrouted: int
    pages: Mapping[tuple[str, str], int]
    unreachable: int  # pages that reached nobody, so that the last resort was written to
    timers_due: int
    timers_failing: int
    waiting: Mapping[str, int]
    store_bytes: int


class ProcessCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How the practice stands. `incidents` are by (severity, status), `reviews` by (severity, standing)."""

    incidents: Mapping[tuple[str, str], int]
    versions: Mapping[str, int]  # incidents by the version of the process of their declaration, the newest first
    role_gaps: Mapping[str, int]  # responses by the rule that is broken, see `roles.broken_rules`
    updates_overdue: int
    reports_late: int
    reviews: Mapping[tuple[str, str], int]
    actions_open: int
    actions_late: int
    experiments: Mapping[str, int]  # by state
    ideas_waiting: int  # for a process retro, without those that only their author reads yet
    process_name: str  # V-3; "" where the version in force is not recorded


def paging(conn: Connection, now: datetime) -> PagingCounts:
    """The counts of an instant."""
    firing, unrouted = alerts.counts(conn)
    due, failing = timers.counts(conn, now)
    return PagingCounts(
        alerts_firing=firing,
        alerts_unrouted=unrouted,
        pages={(row[0], row[1]): row[2] for row in conn.execute(_BY_STATE)},
        unreachable=conn.execute(_UNREACHABLE).scalar_one(),
        timers_due=due,
        timers_failing=failing,
        waiting=deliveries.waiting_of_notifiers(conn),
        store_bytes=_size(conn),
    )


def process(conn: Connection, now: datetime, rules: Process) -> ProcessCounts:
    """The counts of an instant; `rules` say when two people have to lead."""
    by_status, versions = _incidents(conn)
    number = conn.execute(_NUMBER, {"hash": rules.version}).scalar_one_or_none()
    still_open, late = conn.execute(_ACTIONS, {"today": now.date().isoformat()}).one()
    return ProcessCounts(
        incidents=by_status,
        versions=versions,
        role_gaps=_role_gaps(conn, rules),
        updates_overdue=conn.execute(_OVERDUE, {"now": now}).scalar_one(),
        reports_late=reports.count(conn, reports.is_late(now)),
        reviews=_reviews(conn, now),
        actions_open=still_open,
        actions_late=late,
        experiments={row[0]: row[1] for row in conn.execute(_EXPERIMENTS)},
        ideas_waiting=conn.execute(_IDEAS).scalar_one(),
        process_name="" if number is None else f"V-{number}",
    )


def _incidents(conn: Connection) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """(incidents by severity and status, by version); one look at the table for both."""
    by_status: dict[tuple[str, str], int] = {}
    versions: dict[str, int] = {}
    for version, severity, status, number, _ in conn.execute(_INCIDENTS):
        by_status[severity, status] = by_status.get((severity, status), 0) + number
        versions[version] = versions.get(version, 0) + number
    return by_status, versions


def _size(conn: Connection) -> int:
    """Bytes of the database; what waits in a write-ahead log is not among them."""
    if conn.dialect.name == "postgresql":
        query = "SELECT pg_database_size(current_database())"
    else:
        query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    return int(conn.execute(text(query)).scalar_one())


def _reviews(conn: Connection, now: datetime) -> dict[tuple[str, str], int]:
    """By (severity, standing)."""
    return {
        (severity, standing): number
        for severity, *numbers in conn.execute(_REVIEWS, {"now": now})
        for standing, number in zip(STANDINGS, numbers, strict=True)
    }


def _role_gaps(conn: Connection, rules: Process) -> dict[str, int]:
    """Of the responses that are under way: how many break each of the rules about who leads."""
    leading: dict[tuple[int, bool], dict[str, set[str]]] = {}
    for one in conn.execute(_LEADING):
        two = wants_two_leads(rules, Severity(one.severity), one.many_stakeholders)
        people = leading.setdefault((one.id, two), {})
        people.setdefault(one.role, set()).add(one.person)
    found: dict[str, int] = {}
    for (_, two), people in leading.items():
        mitigation = people.get(Role.MITIGATION_LEAD, set())
        for rule in broken_rules(two, mitigation, people.get(Role.COMMUNICATIONS_LEAD, set())):
            found[rule] = found.get(rule, 0) + 1
    return found
