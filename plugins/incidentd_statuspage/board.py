"""What stands on the page: pure, from what customers were told and the words of the configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from incidentd.plugin import PublicIncident, PublicUpdate

_PHASES: Mapping[str, str] = {
    "investigating": "Investigating",
    "identified": "Identified",
    "monitoring": "Monitoring",
    "resolved": "Resolved",
}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as the page tells it."""

    id: int
    title: str
    service: str  # in the words of customers; "" when it is not named to them
    phase: str
    over: bool
    began_at: datetime  # of the first update
    updated_at: datetime
    next_at: datetime | None  # the promise that still holds
    late: bool  # it was not kept
    continued_in: int | None  # where it goes on, when that is on the page too
    updates: tuple[PublicUpdate, ...]  # newest first


class ServiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A service, and whether something that is told of is wrong with it."""

    name: str
    disrupted: bool


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that stands on the page."""

    current: tuple[Entry, ...]  # newest first, as everywhere
    past: tuple[Entry, ...]
    services: tuple[ServiceLine, ...]
    updated_at: datetime | None  # of the last update


def phase_words(phase: str) -> str:
    """A phase as it stands on the page; one that this version does not know as it is."""
    return _PHASES.get(phase, phase)


def title_of(incident: PublicIncident, services: Mapping[str, str]) -> str:
    """What customers read above it: the words written for them, or the service."""
    service = services.get(incident.service, "")
    return incident.title or (f"{service}: disruption" if service else "Disruption")


def board(incidents: Sequence[PublicIncident], services: Mapping[str, str], now: datetime) -> Board:
    """What stands on the page at `now`. An incident that is over and goes on in another one on the page says so."""
    shown = {one.id for one in incidents}
    entries = [_entry(one, services, shown, now) for one in sorted(incidents, key=lambda one: one.id, reverse=True)]
    hit = {one.service for one in incidents if not one.over}
    return Board(
        current=tuple(one for one in entries if not one.over),
        past=tuple(one for one in entries if one.over),
        services=tuple(ServiceLine(name=name, disrupted=key in hit) for key, name in services.items()),
        updated_at=max((one.updated_at for one in entries), default=None),
    )


def _entry(incident: PublicIncident, services: Mapping[str, str], shown: set[int], now: datetime) -> Entry:
    service, last = services.get(incident.service, ""), incident.updates[-1]
    next_at = None if incident.over else last.next_at
    return Entry(
        id=incident.id,
        title=title_of(incident, services),
        service=service,
        phase=last.phase,
        over=incident.over,
        began_at=incident.updates[0].at,
        updated_at=last.at,
        next_at=next_at,
        late=next_at is not None and next_at < now,
        continued_in=incident.continued_in if incident.continued_in in shown else None,
        updates=tuple(reversed(incident.updates)),
    )
