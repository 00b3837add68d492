"""Times that were promised for the next update, and what became of each promise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from incidentd.domain.event_times import instant
from incidentd.domain.incidents import UPDATES_OWED
from incidentd.wire import Event
from incidentd.wire.measures import UpdatePromise

_ANY = ""
_Made = tuple[int, datetime, datetime, str]
"""The position of the event that made it, when, for when, and to whom."""


def promises(events: Sequence[Event], as_of: datetime) -> tuple[UpdatePromise, ...]:
    """Every promise, oldest first. One that was made to an audience is kept by an update to the same audience."""
    found = []
    for position, made_at, promised_at, audience in _made(events):
        told_at = next((one.at for one in events[position + 1 :] if _keeps(one, audience)), None)
        outcome = _outcome(events, promised_at, told_at, as_of)
        late = (told_at - promised_at).total_seconds() if outcome == "missed" and told_at is not None else None
        found.append(
            UpdatePromise(
                made_at=made_at,
                promised_at=promised_at,
                audience=audience,
                outcome=outcome,
                told_at=told_at if outcome in ("kept", "missed") else None,
                late=late,
            )
        )
    return tuple(found)


def _made(events: Sequence[Event]) -> Iterator[_Made]:
    for position, event in enumerate(events):
        if event.kind == "incident.declared" and (at := instant(event.data.get("next_update_at"))):
            yield position, event.at, at, _ANY
        elif event.kind == "incident.update" and (at := instant(event.data.get("next_at"))):
            yield position, event.at, at, str(event.data.get("audience", _ANY))


def _keeps(event: Event, audience: str) -> bool:
    return event.kind == "incident.update" and audience in (_ANY, event.data.get("audience"))


def _outcome(events: Sequence[Event], promised_at: datetime, told_at: datetime | None, as_of: datetime) -> str:
    if told_at is not None and told_at <= promised_at:
        return "kept"
    if not _owed(events, min(promised_at, as_of)):
        return "void"
    return "missed" if promised_at <= as_of else "open"


def _owed(events: Sequence[Event], at: datetime) -> bool:
    """Whether an update was owed at `at`: by the status that was known then."""
    status = ""
    for event in events:
        if event.at > at:
            break
        if event.kind == "incident.declared":
            status = str(event.data.get("status"))
        elif event.kind == "incident.status":
            status = str(event.data.get("to"))
    return status in UPDATES_OWED
