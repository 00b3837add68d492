"""Figures of reviews and of what they leave behind: windows, factors, learnings, actions, reporters who were told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from incidentd.domain.figures.cases import Case, of_incident, of_part
from incidentd.domain.figures.facts import Facts
from incidentd.domain.figures.responses import real
from incidentd.domain.incidents import Status

_DAY = timedelta(days=1)


def in_window(facts: Facts) -> Iterator[Case]:
    """One a resolved incident whose severity wants a review, once it began or its window is over."""
    for one in real(facts):
        incident, review = one.incident, facts.reviews.get(one.incident.id)
        resolved, due = incident.resolved_at, incident.review_due_at
        if resolved is None or due is None or (review is None and facts.now <= due):
            continue
        in_time = review is not None and review.started_at <= due
        late = "late" if review is not None else "not held"
        early = review is not None and review.opened_early
        part = ("in time, opened early" if early else "in time") if in_time else late
        yield of_incident(facts, one, resolved, float(in_time), part=part)


def waived(facts: Facts) -> Iterator[Case]:
    """One a resolved incident that was reviewed or closed: whether it was closed without a review."""
    for one in real(facts):
        resolved, reviewed = one.incident.resolved_at, one.incident.id in facts.reviews
        if resolved is not None and (reviewed or one.incident.status is Status.CLOSED):
            part = "reviewed" if reviewed else "closed without"
            yield of_incident(facts, one, resolved, float(not reviewed), part=part)


def not_technical(facts: Facts) -> Iterator[Case]:
    """One a contributing factor of a review that was written."""
    for one in facts.factors:
        value = float(one.category != "technical")
        yield of_part(facts, f"factor:{one.id}", f"F-{one.id}", one.at, value, one.incident_id, part=one.category)


def learnings_used(facts: Facts) -> Iterator[Case]:
    """One a learning: whether it was used again, and first where."""
    for one in facts.learnings:
        yield of_part(
            facts, f"learning:{one.id}", f"L-{one.id}", one.at, float(bool(one.used)), one.incident_id,
            part=one.used or "not yet",
        )  # fmt: skip


def open_ages(facts: Facts) -> Iterator[Case]:
    """One an action that is open: its age in days."""
    today = facts.now.date()
    for one in facts.actions:
        if one.state == "open":
            part = "late" if one.due_on < today else "not due yet"
            yield of_part(
                facts, f"action:{one.id}", f"A-{one.id}", one.at, (facts.now - one.at) / _DAY, one.incident_id,
                team=one.team, part=part,
            )  # fmt: skip


def ended(facts: Facts) -> Iterator[Case]:
    """One an action that was ended, when it was: whether it was done."""
    for one in facts.actions:
        if one.ended_at is None or one.state == "open":
            continue
        done = one.state == "done"
        in_time = "in time" if one.ended_at.date() <= one.due_on else "late"
        yield of_part(
            facts, f"action:{one.id}", f"A-{one.id}", one.ended_at, float(done), one.incident_id,
            team=one.team, part=f"done {in_time}" if done else "will not be done",
        )  # fmt: skip


def reporters_told(facts: Facts) -> Iterator[Case]:
    """One a report that is over: whether its reporter was told how it ended."""
    for one in facts.reports:
        if one.over:
            yield of_part(
                facts, f"report:{one.id}", f"R-{one.id}", one.at, float(one.followed_up), one.incident_id,
                service=one.service, version=one.version, part=one.customer,
            )  # fmt: skip
