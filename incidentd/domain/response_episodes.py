"""The episodes of a response, each with its own times, read from the events of an incident with their corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import msgspec

from incidentd.domain.corrections import Moment, corrections
from incidentd.domain.event_times import instant
from incidentd.domain.incidents import Status
from incidentd.wire import Event


class ResponseEpisode(msgspec.Struct, kw_only=True):
    """From its start to its end. `of` says which event each time is of (a seq), 0 for that of none.

    `ended_at` is the resolve, the end by a false alarm or a merge, or the start of the next episode.
    """

    number: int
    started_at: datetime
    detected_at: datetime | None = None  # only where somebody said so
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    of: dict[str, int] = {}


def response_episodes(events: Sequence[Event]) -> tuple[ResponseEpisode, ...]:
    """Every episode, the first one first; none before the incident was declared."""
    found: list[ResponseEpisode] = []
    for event in events:
        if event.kind == "incident.declared" and not found:
            started = instant(event.data.get("started_at")) or event.at
            found.append(ResponseEpisode(number=1, started_at=started, of={Moment.STARTED: 0}))
        elif event.kind == "incident.status" and found:
            _moved(found, event, event.data)
    _correct(found, events)
    for former, following in pairwise(found):
        former.ended_at = former.ended_at or following.started_at
    return tuple(found)


def _moved(found: list[ResponseEpisode], event: Event, data: Any) -> None:
    at = instant(data.get("at")) or event.at
    episode = found[-1]
    if data.get("reopened"):
        found.append(ResponseEpisode(number=episode.number + 1, started_at=at, of={Moment.STARTED: event.seq}))
    elif data.get("from") == Status.MERGED:
        episode.ended_at = episode.resolved_at
    elif data.get("to") == Status.MITIGATED:
        episode.mitigated_at, episode.of = at, episode.of | {Moment.MITIGATED: event.seq}
    elif data.get("to") == Status.RESOLVED:
        episode.resolved_at = episode.ended_at = at
        episode.of = episode.of | {Moment.RESOLVED: event.seq}
    elif data.get("to") in (Status.FALSE_ALARM, Status.MERGED):
        episode.ended_at = episode.ended_at or at


def _correct(found: Sequence[ResponseEpisode], events: Iterable[Event]) -> None:
    by_number = {one.number: one for one in found}
    for one in corrections(events):
        episode = by_number.get(one.episode)
        if episode is None or one.what is Moment.OBSERVED:
            continue
        setattr(episode, one.what, one.after)
        if one.what is Moment.RESOLVED:
            episode.ended_at = one.after


def order_fault(episode: ResponseEpisode) -> str:
    """What is out of order in the times of an episode, "" when they follow each other."""
    start, mitigated, resolved = episode.started_at, episode.mitigated_at, episode.resolved_at
    if mitigated is not None and mitigated < start:
        return "mitigated at a time before the incident started"
    if resolved is not None and mitigated is not None and resolved < mitigated:
        return "resolved at a time before the incident was mitigated"
    if resolved is not None and resolved < start:
        return "resolved at a time before the incident started"
    return ""
