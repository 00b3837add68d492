"""Audiences: who is kept informed, as `[audiences]` of the process file says, and whom that means at an instant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from incidentd.domain.duty_changes import NO_CHANGES, Changes
from incidentd.domain.people import ContactMethod, Person, Roster, Target, TargetKind
from incidentd.domain.targets import holder

CUSTOMERS = "customers"
"""Not an audience of the file: whoever reported hears on the channel that they used."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where many read, such as a chat room: `address` as the notifier instance has it."""

    notifier: str
    address: str


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Its members. A schedule stands for whoever is on call, a team for its channel, or without one for everybody."""

    name: str
    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    channels: tuple[Place, ...] = ()


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, or a place, to be written to: by the first contact method of `person`, who is one of the roster or,
    for a place, one made up for it. `who` names them in an event, `why` says why they hear of it.
    """

    who: str
    person: Person
    why: str


def readers(
    names: Iterable[str],
    audiences: Mapping[str, Audience],
    roster: Roster,
    at: datetime,
    changes: Changes = NO_CHANGES,
    *,
    besides: Collection[str] = (),
) -> list[Reader]:
    """Whom some audiences mean at `at`: each once, only those who can be written to, and none that `besides` names."""
    found: dict[str, Reader] = {}
    for audience in (audiences[name] for name in names if name in audiences):
        for reader in _of(audience, roster, at, changes):
            if reader.who not in besides and reader.person.contacts:
                found.setdefault(reader.who, reader)
    return list(found.values())


def _of(audience: Audience, roster: Roster, at: datetime, changes: Changes) -> Iterator[Reader]:
    why = f"audience {audience.name} is kept informed"
    handles = list(audience.people)
    for name in audience.schedules:
        handles.append(holder(roster, Target(TargetKind.SCHEDULE, name), at, changes).handle)
    for team in (roster.teams[name] for name in audience.teams if name in roster.teams):
        if team.channel:
            yield _place(f"channel of {team.name}", team.channel, why)
        else:
            handles += team.members
    for handle in handles:
        if handle in roster.people:
            yield Reader(who=handle, person=roster.people[handle], why=why)
    for place in audience.channels:
        contact = ContactMethod(notifier=place.notifier, address=place.address)
        yield _place(f"{place.address} by {place.notifier}", (contact,), why)


def _place(name: str, contacts: tuple[ContactMethod, ...], why: str) -> Reader:
    return Reader(who=name, person=Person(handle=name, name=name, contacts=contacts), why=why)
