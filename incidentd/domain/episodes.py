"""When an alert fired, read from its events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from incidentd.domain.event_times import instant
from incidentd.wire import Event
from incidentd.wire.groups import Episode

KINDS = ("alert.fired", "alert.resolved", "alert.expired", "alert.resolved_by_hand")
"""The events that this is read from."""


def episodes(events: Iterable[Event]) -> tuple[Episode, ...]:
    """Every episode, the newest first. Events of other kinds do no harm."""
    found: list[Episode] = []
    ended_by = ""
    for event in events:
        if event.kind == "alert.fired":
            found.append(_begun(event, len(found)))
            ended_by = ""
        elif event.kind == "alert.expired":
            ended_by = "expiry"
        elif event.kind == "alert.resolved_by_hand":
            ended_by = event.actor
        elif event.kind == "alert.resolved" and found and found[-1].ended_at is None:
            found[-1] = _ended(found[-1], instant(event.data.get("ended_at")) or event.at, ended_by or "source")
    return tuple(reversed(found))


def _begun(event: Event, before: int) -> Episode:
    number = event.data.get("episode")
    return Episode(
        number=number if isinstance(number, int) else before + 1,
        began_at=instant(event.data.get("starts_at")) or event.at,
        ended_at=None,
        ended_by="",
    )


def _ended(episode: Episode, at: datetime, by: str) -> Episode:
    ended_at = max(at, episode.began_at)
    return Episode(number=episode.number, began_at=episode.began_at, ended_at=ended_at, ended_by=by)
