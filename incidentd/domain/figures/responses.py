"""Figures of the response to incidents: what showed them, how long each part took, and whose role nobody held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from incidentd.domain.figures.cases import Case, of_incident
from incidentd.domain.figures.facts import Facts, IncidentFacts
from incidentd.domain.incidents import Status
from incidentd.wire.measures import EpisodeMeasures

_NOTICED = {"alert": "an alert", "report": "a customer", "person": "a person of ours"}


def real(facts: Facts) -> Iterator[IncidentFacts]:
    """The incidents in which there was something to respond to here."""
    return (one for one in facts.incidents.values() if one.is_real)


def noticed_by_customers(facts: Facts) -> Iterator[Case]:
    """One an incident of which it is known what showed it first."""
    for one in real(facts):
        if kind := one.measures.noticed_first:
            value = float(kind == "report")
            yield of_incident(facts, one, began(one), value, part=_NOTICED.get(kind, kind))


def began(one: IncidentFacts) -> datetime:
    """When it started, as it is known now."""
    return one.measures.episodes[0].started_at


def to_detection(facts: Facts) -> Iterator[Case]:
    """One an incident: from its start to the first sign of it."""
    return (_lasting(facts, one, one.measures.episodes[0], "to_detect") for one in real(facts))


def to_mitigation(facts: Facts) -> Iterator[Case]:
    """One an episode that began, mitigated or not."""
    return _each_episode(facts, "to_mitigate")


def to_resolve(facts: Facts) -> Iterator[Case]:
    """One an episode that began, resolved or not."""
    return _each_episode(facts, "to_resolve")


def _each_episode(facts: Facts, what: str) -> Iterator[Case]:
    for one in real(facts):
        for episode in one.measures.episodes:
            yield _lasting(facts, one, episode, what)


def _lasting(facts: Facts, one: IncidentFacts, episode: EpisodeMeasures, what: str) -> Case:
    """A duration from the start of an episode, with its bounds where the start of the first one is disputed."""
    value: float | None = getattr(episode, what)
    first = episode.number == 1
    low, high = bounds(value, episode.started_at, one.claimed) if first else (None, None)
    name = one.name if first else f"{one.name} ({episode.number})"
    return of_incident(facts, one, episode.started_at, value, name=name, low=low, high=high)


def bounds(value: float | None, started_at: datetime, claimed: Sequence[datetime]) -> tuple[float | None, float | None]:
    """The least and the most that a duration can be, by the starts that people claim; (None, None): undisputed."""
    if value is None or not claimed:
        return None, None
    end = started_at + timedelta(seconds=value)
    possible = [(end - at).total_seconds() for at in (started_at, *claimed) if at <= end]
    return min(possible), max(possible)


def role_gaps(facts: Facts) -> Iterator[Case]:
    """One an incident: minutes in which a lead was missing, or one person held both although two were wanted."""
    for one in real(facts):
        gaps = one.measures.role_gap_minutes
        worst = max(gaps, key=lambda rule: gaps[rule], default="")
        part = worst.replace("_", " ") if worst and gaps[worst] else "none"
        yield of_incident(facts, one, began(one), sum(gaps.values()), part=part)


def contradicting(facts: Facts) -> Iterator[Case]:
    """One a pair of times that cannot both be as they were said."""
    for one in real(facts):
        for found in one.measures.contradictions:
            yield of_incident(facts, one, began(one), 1.0, part=found.rule.replace("-", " "))


def by_severity(facts: Facts) -> Iterator[Case]:
    """One an incident, by the worst severity it ever had."""
    return (of_incident(facts, one, began(one), 1.0, part=one.worst.value) for one in real(facts))


def near_misses(facts: Facts) -> Iterator[Case]:
    """One a false alarm, and one an incident whose review names luck."""
    lucky = {one.incident_id for one in facts.factors if one.category == "luck"}
    for one in facts.incidents.values():
        if not one.measures.episodes:
            continue
        false_alarm = one.incident.status is Status.FALSE_ALARM
        reviewed = one.incident.id in facts.reviews
        if one.incident.id in lucky:
            yield of_incident(facts, one, began(one), 1.0, part="luck had a part")
        elif false_alarm:
            yield of_incident(facts, one, began(one), 1.0, part=f"false alarm{', reviewed' if reviewed else ''}")


def begun(facts: Facts) -> Iterator[Case]:
    """Every real incident: what other things are counted beside."""
    return (of_incident(facts, one, began(one), 1.0) for one in real(facts))


def everything(facts: Facts) -> Iterator[Case]:
    """The same with false alarms and merged ones."""
    for one in facts.incidents.values():
        if one.measures.episodes:
            yield of_incident(facts, one, began(one), 1.0)
