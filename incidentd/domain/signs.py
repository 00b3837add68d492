"""What showed an incident: alerts that fired, reports that came, and people who said so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from incidentd.domain.corrections import Moment
from incidentd.domain.episodes import episodes
from incidentd.domain.response_episodes import ResponseEpisode
from incidentd.wire import Event

LEAD_IN = timedelta(minutes=30)
"""An alert that ended so long before the start is not what showed the incident."""
_SYSTEM = "system"
_TAKEN_OFF = ("incident.alert_unlinked", "incident.released", "incident.report_unlinked", "incident.split")


class Sign(msgspec.Struct, frozen=True):
    """One sign; `until` is when an alert ended, None for what has no end or has not ended."""

    at: datetime
    kind: str  # alert | report | person: the order when two came at once
    name: str  # A-3 | R-12 | a handle
    until: datetime | None = None


def earliest(signs: Iterable[Sign]) -> Sign | None:
    """The first one."""
    return min(signs, key=lambda one: (one.at, one.kind, one.name), default=None)


def linked(own: Iterable[Event]) -> tuple[set[int], set[int]]:
    """The alerts and the reports that the events of an incident link to it, in the end."""
    alerts: set[int] = set()
    reports: set[int] = set()
    for event in own:
        data: Any = event.data
        if event.kind in ("incident.declared", "incident.alert_linked", "incident.absorbed"):
            alerts.update(data.get("alert_ids", ()))
        elif event.kind in ("incident.alert_unlinked", "incident.released"):
            alerts.difference_update(data.get("alert_ids", ()))
        if event.kind in ("incident.absorbed", "incident.split_from"):
            reports.update(data.get("report_ids", ()))
        elif event.kind in ("incident.released", "incident.split"):
            reports.difference_update(data.get("report_ids", ()))
        elif event.kind == "incident.report_linked":
            reports.add(_number(data["report"]))
        elif event.kind == "incident.report_unlinked":
            reports.discard(_number(data["report"]))
    return alerts, reports


def ever_linked(own: Iterable[Event]) -> tuple[set[int], set[int]]:
    """The same, with what was unlinked again."""
    return linked(one for one in own if one.kind not in _TAKEN_OFF)


def _number(reference: str) -> int:
    return int(reference.removeprefix("R-"))


def signs(history: Sequence[Event], own: Iterable[Event]) -> list[Sign]:
    """Every time that a linked alert fired, and every linked report."""
    alerts, reports = linked(own)
    found = [
        Sign(event.at, "report", f"R-{number}")
        for event in history
        if event.kind == "report.opened" and (number := int(event.subject.partition(":")[2])) in reports
    ]
    for number in alerts:
        mine = [event for event in history if event.subject == f"alert:{number}"]
        found += [Sign(one.began_at, "alert", f"A-{number}", one.ended_at) for one in episodes(mine)]
    return found


def of_episode(found: Sequence[ResponseEpisode], index: int, given: Iterable[Sign]) -> list[Sign]:
    """The signs that belong to an episode: before its end, and after that of the one before it."""
    ended = found[index].ended_at
    if index == 0:
        since = found[0].started_at - LEAD_IN
        mine = [one for one in given if one.until is None or one.until > since]
    else:
        mine = [one for one in given if one.at > (found[index - 1].ended_at or found[index].started_at)]
    return [one for one in mine if ended is None or one.at <= ended]


def by_person(own: Iterable[Event], episode: ResponseEpisode) -> Sign | None:
    """Who declared the incident, or reopened it: None when that was no person."""
    seq = episode.of[Moment.STARTED]
    for event in own:
        declared = event.kind == "incident.declared" and not seq
        if (declared or (seq and event.seq == seq)) and event.actor != _SYSTEM:
            return Sign(event.at, "person", event.actor)
    return None
