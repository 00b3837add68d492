"""`[audiences.NAME]` of process.toml: who is kept informed, by a rule that sends a report on or by an update."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated

import pydantic

from incidentd.configuration.schedules import Broken
from incidentd.configuration.values import Name, Table, unknown
from incidentd.domain.audiences import CUSTOMERS, Audience, Place
from incidentd.domain.people import Roster

_MOST = 100


class PlaceTable(Table):
    notifier: str
    address: Annotated[str, pydantic.Field(min_length=1, max_length=250)]


class AudienceTable(Table):
    """A schedule stands for whoever is on call; a team for its channel, or everybody of it when it has none."""

    people: Annotated[tuple[str, ...], pydantic.Field(max_length=_MOST)] = ()
    teams: Annotated[tuple[str, ...], pydantic.Field(max_length=_MOST)] = ()
    schedules: Annotated[tuple[str, ...], pydantic.Field(max_length=_MOST)] = ()
    channels: Annotated[list[PlaceTable], pydantic.Field(max_length=_MOST)] = pydantic.Field(default=[])


Audiences = dict[Name, AudienceTable]


def audiences(tables: Mapping[str, AudienceTable]) -> dict[str, Audience]:
    """What the tables say."""
    return {
        name: Audience(
            name=name,
            people=table.people,
            teams=table.teams,
            schedules=table.schedules,
            channels=tuple(Place(notifier=one.notifier, address=one.address) for one in table.channels),
        )
        for name, table in tables.items()
    }


def broken_audiences(tables: Mapping[str, AudienceTable], rules: Iterable[Collection[str]]) -> Iterable[Broken]:
    """Audiences that can be nobody, and those that `rules` (of `[[support.propagate]]`, in order) name in vain."""
    for name, table in tables.items():
        if name == CUSTOMERS:
            what = "stands for whoever reported: they hear on the channel that they used"
            yield ("audiences", name), (what, "give it another name")
        elif not (table.people or table.teams or table.schedules or table.channels):
            yield ("audiences", name), ("names nobody", 'write for example people = ["ada"]')
    for index, named in enumerate(rules):
        for place, name in enumerate(named):
            if name not in tables:
                path = ("support", "propagate", index, "audiences", place)
                yield path, unknown("audience", name, tables, otherwise=f"add [audiences.{name}]")


def audience_problems(known: Mapping[str, Audience], roster: Roster, notifiers: Collection[str]) -> Iterable[str]:
    """Members that the other files do not have: what they stand for would reach nobody."""
    for audience in known.values():
        named = (
            ("person", audience.people, roster.people),
            ("team", audience.teams, roster.teams),
            ("schedule", audience.schedules, roster.schedules),
        )
        for kind, names, there in named if roster.people else ():
            for name in names:
                if name not in there:
                    yield f"audience {audience.name} names {kind} {name}, which the roster does not have"
        for place in audience.channels:
            if place.notifier not in notifiers:
                yield f"audience {audience.name} names {place.notifier}, which is no notifier of incidentd.toml"
