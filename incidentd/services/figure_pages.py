"""Pages as figures reckon with them: when each was taken first, moved on, whom it woke, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from incidentd.domain.figures.facts import IncidentFacts, PageFacts
from incidentd.domain.protection import Members
from incidentd.domain.sleep_hours import in_sleep_hours
from incidentd.services.figure_steps import Steps, parts, rows_of
from incidentd.storage import event_log, figures
from incidentd.wire import Event

_PART = 100
_ACTS = ("page.taken_over", "page.reassigned", "page.declared", "page.resolved")
_KINDS = ("page.step", "page.acknowledged", *_ACTS)
_SYSTEM = "system"
Known = dict[int, tuple[int, PageFacts]]
"""Pages that are over, by number, with the version that they were looked at in."""


def page_facts(people: Members, of: Mapping[int, IncidentFacts], known: Known) -> Steps[list[PageFacts]]:
    """Every page of no drill."""
    rows: list[Any] = yield from rows_of(figures.real_pages)
    found: dict[int, PageFacts] = {row.id: known[row.id][1] for row in rows if _is_known(known, row)}
    for some in parts([row for row in rows if row.id not in found], _PART):
        subjects = [f"page:{row.id}" for row in some]
        told: dict[str, list[Event]] = {subject: [] for subject in subjects}
        raw = yield partial(event_log.raw_of_subjects, subjects=subjects, kinds=_KINDS)
        for event in event_log.read_raw(raw):
            told[event.subject].append(event)
        for row in some:
            found[row.id] = page = _page(row, told[f"page:{row.id}"], people)
            if page.ended_at is not None:
                known[row.id] = (row.version, page)
    belongs = _incidents(of.values())
    return [_of_its_incident(found[row.id], belongs.get(row.id, ()), row.incident_id) for row in rows]


def _is_known(known: Known, row: Any) -> bool:
    return row.id in known and known[row.id][0] == row.version


def _page(row: Any, told: Sequence[Event], people: Members) -> PageFacts:
    taken = [one.at for one in told if one.kind == "page.acknowledged"]
    steps: list[tuple[Any, Event]] = [(one.data, one) for one in told if one.kind == "page.step"]
    moved = [one.at for data, one in steps if data["step"] > 1 or data["round"] > 1]
    reached = [(person, one.at) for data, one in steps for person in data["people"] if person in people.people]
    acts = [one for one in told if one.kind in _ACTS and one.actor != _SYSTEM]
    return PageFacts(
        id=row.id,
        at=row.started_at,
        service=row.service,
        urgency=row.urgency,
        acknowledged_at=taken[0] if taken else None,
        moved_on_at=moved[0] if moved else None,
        ended_at=row.resolved_at,
        reached=bool(reached),
        asleep=any(_sleeps(people, person, at) for person, at in reached),
        off=any(not people.works(person, at) for person, at in reached),
        acted=bool(acts),
    )


def _sleeps(people: Members, handle: str, at: Any) -> bool:
    person = people.people[handle]
    return in_sleep_hours(at, person.zone, person.sleep)


def _incidents(of: Iterable[IncidentFacts]) -> dict[int, list[IncidentFacts]]:
    found: dict[int, list[IncidentFacts]] = {}
    for one in of:
        for page_id in one.page_ids:
            found.setdefault(page_id, []).append(one)
    return found


def _of_its_incident(page: PageFacts, among: Sequence[IncidentFacts], raised_for: int | None) -> PageFacts:
    """With the incident that it was raised for, else the first one that was not over when it began."""
    for one in among:
        episodes = one.measures.episodes
        over = episodes[-1].ended_at if episodes else one.incident.closed_at
        if one.incident.id == raised_for or over is None or page.at <= over:
            return page.of_incident(one.incident.id)
    return page
