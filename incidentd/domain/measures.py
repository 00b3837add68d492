"""What is measured of an incident, computed from its history at each look: nothing of it is stored.

The history are the events about the incident, about the alerts and reports that were linked to it, and those about its
pages. Only what had been recorded by `as_of` counts, corrections of times included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from incidentd.domain.contradictions import contradictions
from incidentd.domain.corrections import corrections
from incidentd.domain.event_times import instant
from incidentd.domain.process import Process
from incidentd.domain.promises import promises
from incidentd.domain.response_episodes import ResponseEpisode, response_episodes
from incidentd.domain.response_history import spans
from incidentd.domain.roles import gap_minutes
from incidentd.domain.severity import Severity
from incidentd.domain.signs import Sign, by_person, earliest, of_episode, signs
from incidentd.wire import Event, RoleHolder
from incidentd.wire.measures import EpisodeMeasures, Measures, SeverityRevision

ACKNOWLEDGED = ("page.acknowledged", "page.ack_counted", "alert.acknowledged")
"""Acts by which somebody takes on what was detected; to declare or to reopen an incident is one, too."""
OWN_KINDS = (
    "incident.declared", "incident.status", "incident.severity", "incident.edited", "incident.corrected",
    "incident.role", "incident.update", "incident.alert_linked", "incident.alert_unlinked", "incident.absorbed",
    "incident.released", "incident.split", "incident.split_from", "incident.report_linked", "incident.report_unlinked",
)  # fmt: skip
"""The events of an incident that are read; those of other kinds change nothing."""
_SAID = "said"


def measure(incident_id: int, history: Iterable[Event], process: Process, as_of: datetime) -> Measures:
    """The measures of an incident as of an instant."""
    known = [event for event in history if event.at <= as_of]
    own = [event for event in known if event.subject == f"incident:{incident_id}"]
    found = response_episodes(own)
    given = signs(known, own)
    shown = [_detection(own, found, index, given) for index in range(len(found))]
    promised = promises(own, as_of)
    revisions = tuple(_revisions(own))
    return Measures(
        incident_id=incident_id,
        as_of=as_of,
        episodes=tuple(_measured(own, known, one, sign) for one, sign in zip(found, shown, strict=True)),
        noticed_first=shown[0].kind if shown and shown[0] else "",
        noticed_by=shown[0].name if shown and shown[0] else "",
        promises=promised,
        promises_kept=sum(one.outcome == "kept" for one in promised),
        promises_missed=sum(one.outcome == "missed" for one in promised),
        role_gap_minutes=gap_minutes(_held(own), spans(own, process, as_of)),
        severity_revisions=revisions,
        worst_severity=_worst(own, revisions),
        corrections=len(corrections(own)),
        contradictions=contradictions(found, given),
    )


def _detection(
    own: Sequence[Event], found: Sequence[ResponseEpisode], index: int, given: Sequence[Sign]
) -> Sign | None:
    """The first that showed an episode: an alert, a report, or who declared it."""
    person = by_person(own, found[index])
    return earliest([*of_episode(found, index, given), *((person,) if person else ())])


def _measured(
    own: Sequence[Event], known: Sequence[Event], episode: ResponseEpisode, sign: Sign | None
) -> EpisodeMeasures:
    if episode.detected_at is not None:
        sign = Sign(episode.detected_at, _SAID, _SAID)
    taken = earliest(one for one in _acts(own, known, episode) if sign is not None and one.at >= sign.at)
    start, detected, acknowledged = episode.started_at, _at(sign), _at(taken)
    return EpisodeMeasures(
        number=episode.number,
        started_at=start,
        detected_at=detected,
        detected_by=sign.name if sign else "",
        acknowledged_at=acknowledged,
        acknowledged_by=taken.name if taken else "",
        mitigated_at=episode.mitigated_at,
        resolved_at=episode.resolved_at,
        ended_at=episode.ended_at,
        to_detect=_seconds(start, detected),
        to_acknowledge=_seconds(detected, acknowledged),
        to_mitigate=_seconds(start, episode.mitigated_at),
        to_resolve=_seconds(start, episode.resolved_at),
    )


def _acts(own: Sequence[Event], known: Sequence[Event], episode: ResponseEpisode) -> Iterator[Sign]:
    """Who took on what was detected, up to the end of the episode."""
    for event in known:
        if event.kind in ACKNOWLEDGED and (episode.ended_at is None or event.at <= episode.ended_at):
            yield Sign(event.at, "person", str(event.data.get("by") or event.actor))
    person = by_person(own, episode)
    if person is not None:
        yield person


def _at(sign: Sign | None) -> datetime | None:
    return None if sign is None else sign.at


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    """None while one of the two has not happened, and when they contradict each other: no duration is negative."""
    return None if start is None or end is None or end < start else (end - start).total_seconds()


def _held(own: Iterable[Event]) -> list[RoleHolder]:
    """The ranges in which roles were held, from the acts that gave and ended them."""
    held: list[RoleHolder] = []
    for event in own:
        if event.kind != "incident.role":
            continue
        data, at = event.data, instant(event.data.get("at")) or event.at
        for index, one in enumerate(held):
            if one.role == data["role"] and one.ends_at is None and one.person in _texts(data["ended"]):
                held[index] = msgspec.structs.replace(one, ends_at=max(one.starts_at, at))
        if data["person"]:
            row = {"id": len(held), "role": data["role"], "person": data["person"], "starts_at": at, "ends_at": None}
            held.append(msgspec.convert(row, RoleHolder))
    return held


def _texts(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _revisions(own: Iterable[Event]) -> Iterator[SeverityRevision]:
    for event in own:
        if event.kind == "incident.severity":
            data = event.data
            yield SeverityRevision(
                at=event.at,
                by=event.actor,
                before=Severity(str(data["from"])),
                after=Severity(str(data["to"])),
                reason=str(data["reason"]),
            )


def _worst(own: Iterable[Event], revisions: Iterable[SeverityRevision]) -> Severity | None:
    declared = [Severity(str(one.data["severity"])) for one in own if one.kind == "incident.declared"]
    return min([*declared, *(one.after for one in revisions)], key=lambda level: level.rank, default=None)
