"""Scripts of drills: from a scenario's text, or from what is stored of an incident."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from incidentd.domain.drills import Step
from incidentd.domain.scenarios import BadScenario, Fact, Scenario, parse_scenario
from incidentd.domain.signals import label_fingerprint
from incidentd.services.errors import Invalid
from incidentd.services.incident_views import existing
from incidentd.services.timeline import LEAD_IN
from incidentd.storage import alerts, event_log, incidents
from incidentd.wire import Event

LONGEST = timedelta(hours=24)
"""How long a drill may last at its speed."""
MOST_STEPS = 2000
AFTERWARDS = timedelta(minutes=1)
"""How long after its last step a drill ends: messages about the end go out."""
_HEADS = {"change": "Change: ", "report": "Customer report: "}
_NOTES = ("observation", "decision", "action")


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """What a drill plays, and what it is called."""

    title: str
    origin: str
    steps: tuple[Step, ...]


Timed = tuple[datetime, Step]


def of_scenario(text: str) -> Script:
    """The script of a scenario file. Raises `Invalid`."""
    try:
        scenario = parse_scenario(text)
    except BadScenario as error:
        remedy = "see docs/drills.md for the format"
        raise Invalid(f"this is no scenario: {error}", field="scenario", remedy=remedy) from None
    told = [(scenario.instant(fact), step) for fact in scenario.event for step in _of_fact(scenario, fact)]
    return Script(title=scenario.title, origin=f"scenario of {scenario.day}", steps=_waits(told))


def _of_fact(scenario: Scenario, fact: Fact) -> Iterable[Step]:
    labels = {"service": scenario.service, **fact.labels}
    if fact.kind == "alert":
        yield Step(after=0, kind="fire", text=fact.text, key=label_fingerprint(labels), labels=labels)
        return
    kind = fact.kind if fact.kind in _NOTES else "action" if fact.kind == "mitigation" else "note"
    yield Step(after=0, kind=kind, text=_HEADS.get(fact.kind, "") + fact.text)
    if fact.kind == "mitigation":
        yield Step(after=0, kind="resolve", text="every alert ends")


def of_incident(conn: Connection, incident_id: int) -> Script:
    """The alerts and the notes of a stored incident. Raises `NotFound`, `Invalid`."""
    incident = existing(conn, incident_id)
    rows = {one.subject: one for one in alerts.get_many(conn, incidents.alert_ids_of(conn, [incident_id])[incident_id])}
    if not rows:
        raise Invalid(
            f"INC-{incident_id} has no linked alert to replay", field="incident_id", remedy="link its alerts first"
        )
    begin, end = incident.started_at - LEAD_IN, (incident.resolved_at or incident.declared_at) + LEAD_IN
    events = event_log.of_subjects(conn, [*rows, incident.subject], ("alert.fired", "alert.resolved", "incident.note"))
    told = [(one.at, step) for one in events if begin <= one.at <= end and (step := _of_event(one, rows)) is not None]
    if not any(step.kind == "fire" for _, step in told):
        raise Invalid(f"no alert of INC-{incident_id} began in its time", field="incident_id")
    return Script(title=incident.title, origin=f"incident INC-{incident_id}", steps=_waits(told))


def _of_event(event: Event, rows: Mapping[str, alerts.AlertRow]) -> Step | None:
    data: Any = event.data
    if event.kind == "incident.note":
        return Step(after=0, kind=data["kind"], text=data["text"])
    row = rows[event.subject]
    labels = data.get("labels") or row.labels
    key = f"{row.source}/{row.key}"[:512]
    if event.kind == "alert.fired":
        return Step(after=0, kind="fire", text=str(data.get("summary") or row.summary), key=key, labels=labels)
    return Step(after=0, kind="resolve", text=f"{row.name} ends", key=key, labels=labels)


def _waits(told: Sequence[Timed]) -> tuple[Step, ...]:
    """The steps from the first alert on: what happened before it happens with it."""
    ordered = sorted(told, key=lambda one: one[0])
    first = next(at for at, step in ordered if step.kind == "fire")
    times = [max(at, first) for at, _ in ordered]
    gaps = [0.0, *((later - earlier).total_seconds() for earlier, later in itertools.pairwise(times))]
    return tuple(msgspec.structs.replace(step, after=gap) for gap, (_, step) in zip(gaps, ordered, strict=True))


def prepared(script: Script, speed: float, service: str) -> tuple[Step, ...]:
    """The steps at another speed and for another service. Raises `Invalid` when that takes too long."""
    if len(script.steps) > MOST_STEPS:
        raise Invalid(f"it has {len(script.steps)} steps, at most {MOST_STEPS} can be played", field="scenario")
    total = timedelta(seconds=sum(step.after for step in script.steps) / speed)
    if total > LONGEST:
        remedy = "give a higher speed"
        raise Invalid(f"it would take {total}; a drill takes at most {LONGEST}", field="speed", remedy=remedy)
    return tuple(
        msgspec.structs.replace(
            step,
            after=step.after / speed,
            labels={**step.labels, "service": service} if service and step.labels else step.labels,
        )
        for step in script.steps
    )
