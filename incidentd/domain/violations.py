"""Rules of the practice that are broken right now. They are shown, and never block the response."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from incidentd.domain.incidents import AWAITING_REVIEW, RESPONDING, UPDATES_OWED, Incident
from incidentd.domain.process import Process
from incidentd.domain.roles import SEPARATION, Role, Span, broken_since
from incidentd.domain.update_rules import unrelieved
from incidentd.domain.updates import Phase, next_due_for_status, says_nothing_new
from incidentd.wire import RoleHolder, Update, Violation

NO_COMMUNICATIONS_LEAD = "no-communications-lead"
ROLE_SEPARATION = "role-separation"
_ROLE_TEXTS = {
    Role.MITIGATION_LEAD: ("no-mitigation-lead", "nobody leads the mitigation"),
    Role.COMMUNICATIONS_LEAD: (NO_COMMUNICATIONS_LEAD, "nobody leads the communication"),
    SEPARATION: (ROLE_SEPARATION, "one person leads both mitigation and communication"),
}


def _roles(incident: Incident, held: Sequence[RoleHolder], spans: Sequence[Span]) -> Iterator[Violation]:
    if incident.status not in RESPONDING:
        return
    for rule, since in sorted(broken_since(held, spans).items()):
        name, text = _ROLE_TEXTS[rule]
        yield Violation(rule=name, text=text, since=since)


def _updates(incident: Incident, updates: Sequence[Update], process: Process, now: datetime) -> Iterator[Violation]:
    due = incident.next_update_at
    if incident.status in UPDATES_OWED and due is not None and due <= now:
        late = round((now - due) / timedelta(minutes=1))
        yield Violation(rule="update-overdue", text=f"the promised update is {late} min late", since=due)
    said_over = bool(updates) and updates[-1].phase == Phase.RESOLVED
    wanted = next_due_for_status(process, incident.severity, incident.status, now) is not None
    if due is None and wanted and not said_over:
        since = updates[-1].at if updates else incident.declared_at
        yield Violation(rule="update-promise", text="no time for the next update is promised", since=since)
    empty = says_nothing_new(updates)
    if empty is not None and incident.status in RESPONDING:
        yield Violation(rule="update-repeat", text="the last update says nothing new", since=empty.at)


def _long(
    incident: Incident, held: Sequence[RoleHolder], spans: Sequence[Span], process: Process, now: datetime
) -> Iterator[Violation]:
    """People who respond for hours want relief, and a cadence that can be kept."""
    if incident.status not in RESPONDING or not spans:
        return
    rules = process.updates.long
    began = _unbroken(spans)
    if incident.long_since is None and now - began >= rules.after:
        text = f"people respond for {_hours(now - began)} h: run it as a long incident"
        yield Violation(rule="long-incident", text=text, since=began + rules.after)
    for one in unrelieved(held, rules, now):
        text = f"{one.person} is {one.role.replace('_', ' ')} for {_hours(now - one.starts_at)} h without relief"
        yield Violation(rule="relief", text=text, since=one.starts_at + rules.relief)


def _unbroken(spans: Sequence[Span]) -> datetime:
    """Since when people respond without a pause."""
    began = spans[-1].starts_at
    for earlier in reversed(spans[:-1]):
        if earlier.ends_at != began:
            break
        began = earlier.starts_at
    return began


def _hours(span: timedelta) -> int:
    return int(span / timedelta(hours=1))


def _review(incident: Incident, process: Process, now: datetime) -> Iterator[Violation]:
    due = incident.review_due_at
    if incident.status in AWAITING_REVIEW and due is not None and due <= now:
        yield Violation(rule="review-overdue", text=f"the {process.review_name} should have been held", since=due)


def violations(
    incident: Incident,
    *,
    held: Sequence[RoleHolder],
    updates: Sequence[Update],
    spans: Sequence[Span],
    process: Process,
    now: datetime,
) -> tuple[Violation, ...]:
    """Everything that is open, what transitions broke first."""
    return (
        *incident.skipped,
        *_roles(incident, held, spans),
        *_updates(incident, updates, process, now),
        *_long(incident, held, spans, process, now),
        *_review(incident, process, now),
    )
