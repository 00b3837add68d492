"""Figures of paging: how soon pages were taken on, whom they woke, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from incidentd.domain.figures.cases import Case, of_part
from incidentd.domain.figures.facts import Facts, PageFacts


def _case(facts: Facts, one: PageFacts, value: float | None, **more: Any) -> Case:
    return of_part(facts, f"page:{one.id}", f"P-{one.id}", one.at, value, one.incident_id, service=one.service, **more)


def to_acknowledgement(facts: Facts) -> Iterator[Case]:
    """One a page: from its first message to the first acknowledgement."""
    for one in facts.pages:
        taken = one.acknowledged_at
        value = None if taken is None else max(0.0, (taken - one.at).total_seconds())
        yield _case(facts, one, value, part=f"{one.urgency} urgency")


def in_sleep_hours(facts: Facts) -> Iterator[Case]:
    """One a page that reached somebody: whether it was in sleep hours of one of them."""
    for one in facts.pages:
        if one.reached:
            yield _case(facts, one, float(one.asleep), part=f"{one.urgency} urgency")


def actionable(facts: Facts) -> Iterator[Case]:
    """One a page that is over: whether it led to an incident, or somebody did something about it."""
    for one in facts.pages:
        if one.ended_at is None:
            continue
        part = "an incident" if one.incident_id is not None else "an act" if one.acted else "nothing"
        yield _case(facts, one, float(part != "nothing"), part=part)


def paged_nobody(facts: Facts) -> Iterator[Case]:
    """One a group of alerts that came together: whether nobody was paged about it."""
    for one in facts.groups:
        value = float(not one.paged)
        yield of_part(facts, f"group:{one.id}", f"G-{one.id}", one.at, value, None, service=one.service)


def began(facts: Facts) -> Iterator[Case]:
    """Every page, when it began."""
    return (_case(facts, one, 1.0) for one in facts.pages)
