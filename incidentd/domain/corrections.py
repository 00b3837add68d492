"""Times that turned out to be other than was said: each is corrected by an event of its own, and the first one stays.

`what` is the time, and `episode` the response it belongs to. When the time is that of an event, `of` is its seq: then
this event happened at the corrected time, wherever it is told.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime

import msgspec

from incidentd.domain.event_times import instant
from incidentd.wire import Event

KIND = "incident.corrected"


class Moment(enum.StrEnum):
    """What may be corrected. Nobody says when it was detected but by a correction; otherwise it is measured."""

    STARTED = "started_at"
    DETECTED = "detected_at"
    MITIGATED = "mitigated_at"
    RESOLVED = "resolved_at"
    OBSERVED = "observed_at"  # of an entry of the timeline


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One correction. `before` is None when nothing had been said; `of` is 0 when it is the time of no event."""

    what: Moment
    episode: int
    of: int
    before: datetime | None
    after: datetime
    why: str
    by: str
    recorded_at: datetime


def corrections(events: Iterable[Event]) -> list[Correction]:
    """The corrections among `events`, oldest first. What cannot be read is left out: the log outlives its writers."""
    found = []
    for event in events:
        if event.kind != KIND:
            continue
        data = event.data
        values = {
            "what": data.get("what"),
            "episode": data.get("episode"),
            "of": data.get("of"),
            "before": instant(data.get("from")),
            "after": instant(data.get("to")),
            "why": data.get("why"),
            "by": event.actor,
            "recorded_at": event.at,
        }
        try:
            found.append(msgspec.convert(values, Correction))
        except msgspec.ValidationError:
            continue
    return found


def of_events(events: Iterable[Event]) -> dict[int, datetime]:
    """When events happened of which it was corrected, by seq."""
    return {one.of: one.after for one in corrections(events) if one.of}
