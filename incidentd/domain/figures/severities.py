"""Figures of severity: how often it was revised, which way, and whether the first one held."""

from __future__ import annotations

from collections.abc import Iterator

from incidentd.domain.figures.cases import Case, of_incident
from incidentd.domain.figures.facts import Facts
from incidentd.domain.figures.responses import began, real
from incidentd.domain.severity import Severity

UP, DOWN, SAME = "up, to a worse one", "down, to a milder one", "as at first"


def _way(before: Severity, after: Severity) -> str:
    if after is before:
        return SAME
    return UP if after.worse_than(before) else DOWN


def revised(facts: Facts) -> Iterator[Case]:
    """One a change of severity, when it was made."""
    for one in real(facts):
        for revision in one.measures.severity_revisions:
            yield of_incident(facts, one, revision.at, 1.0, part=_way(revision.before, revision.after))


def first_held(facts: Facts) -> Iterator[Case]:
    """One an incident: whether its severity now is the one it was declared with."""
    for one in real(facts):
        if one.declared is not None:
            way = _way(one.declared, one.incident.severity)
            yield of_incident(facts, one, began(one), float(way == SAME), part=way)
