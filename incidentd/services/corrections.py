"""Correcting a time that was said of an incident: by an event of its own; everything here happens inside a command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from incidentd.domain import corrections
from incidentd.domain.corrections import Moment
from incidentd.domain.event_times import instant
from incidentd.domain.incidents import Incident, time_fault
from incidentd.domain.response_episodes import ResponseEpisode, order_fault, response_episodes
from incidentd.services.errors import Invalid, Unknown
from incidentd.services.incident_status import StatusChanges
from incidentd.storage import event_log, incidents
from incidentd.storage.tx import Tx
from incidentd.wire import Event, Violation
from incidentd.wire import life as wire_life


class _Target(msgspec.Struct, frozen=True, kw_only=True):
    """What is corrected; `episode` is 0 for an entry of the timeline."""

    what: Moment
    episode: int
    of: int
    before: datetime | None
    text: str = ""


def correct(tx: Tx, incident: Incident, body: wire_life.CorrectTime, actor: str, status: StatusChanges) -> Incident:
    """Correct a time; what was said first stays in the log. Raises `Invalid`."""
    at = body.at
    if fault := time_fault(at, tx.now):
        raise Invalid(f"this time {fault}", field="at", remedy="say when it was")
    events = event_log.of_subjects(tx.conn, [incident.subject])
    found = {one.number: one for one in response_episodes(events)}
    target = _entry(events, incident, body) if Moment(body.what) is Moment.OBSERVED else _time(found, incident, body)
    if target.before == at:
        raise Invalid("it is said to be then already", field="at")
    data = msgspec.structs.asdict(target)
    data |= {"from": data.pop("before"), "to": at, "why": body.why}
    tx.emit(corrections.KIND, incident.subject, data, actor=actor)
    changes: dict[str, Any] = {}
    if target.episode:
        setattr(found[target.episode], target.what, at)
        changes = _row(incident, target, at)
        changes |= {"skipped": _order(tx, incident, found[incident.episode])}
    return status.settle(tx, incidents.change(tx, incident, **changes))


def _entry(events: Sequence[Event], incident: Incident, body: wire_life.CorrectTime) -> _Target:
    event = next((one for one in events if one.seq == body.seq), None)
    if body.seq is None or event is None:
        name = "say which entry" if body.seq is None else f"INC-{incident.id} has no entry {body.seq} of its own"
        raise Invalid(name, field="seq", remedy="see the numbers in incidentctl incident timeline --numbers")
    said = instant(event.data.get("observed_at"))
    if said is None:
        remedy = "correct started_at, mitigated_at or resolved_at instead, or write a note"
        raise Invalid(f"nobody said when entry {body.seq} was observed", field="seq", remedy=remedy)
    before = corrections.of_events(events).get(event.seq, said)
    text = str(event.data.get("text", ""))
    return _Target(what=Moment.OBSERVED, episode=0, of=event.seq, before=before, text=text)


def _time(found: dict[int, ResponseEpisode], incident: Incident, body: wire_life.CorrectTime) -> _Target:
    number = body.episode or incident.episode
    episode = found.get(number)
    if episode is None:
        raise Unknown(f"INC-{incident.id} has no episode {number}", field="episode")
    what = Moment(body.what)
    before: datetime | None = getattr(episode, what)
    if before is None and what is not Moment.DETECTED:
        name = what.removesuffix("_at")
        remedy = f"say so first: incidentctl incident status INC-{incident.id} {name} --at TIME"
        raise Invalid(f"episode {number} was not {name}", field="what", remedy=remedy)
    return _Target(what=what, episode=number, of=episode.of.get(what, 0), before=before)


def _row(incident: Incident, target: _Target, at: datetime) -> dict[str, Any]:
    """The column that says the same time."""
    if target.what is Moment.STARTED and target.episode == 1:
        return {"started_at": at}
    if target.episode != incident.episode or target.what not in (Moment.MITIGATED, Moment.RESOLVED):
        return {}
    return {target.what.value: at}


def _order(tx: Tx, incident: Incident, episode: ResponseEpisode) -> tuple[Violation, ...]:
    """The rules that stay broken, with that of the order of times judged again."""
    kept = tuple(one for one in incident.skipped if one.rule != "time-order")
    fault = order_fault(episode)
    return (*kept, Violation(rule="time-order", text=fault, since=tx.now)) if fault else kept
