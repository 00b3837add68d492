"""Who can be reached: people, teams, services, schedules and escalation policies, as the roster file states them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import msgspec

from incidentd.domain.hours import Availability

DEFAULT_POLICY = "default"
URGENCIES = ("high", "low")


class ContactMethod(msgspec.Struct, frozen=True, kw_only=True):
    """One way to reach a person: a notifier instance and an address there, used `after` a step began.

    `urgencies` are those of the pages it is used for.
    """

    notifier: str
    address: str = ""
    after: timedelta = timedelta(0)
    urgencies: tuple[str, ...] = URGENCIES


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`os_user` ties the person to the peer of the local socket; `hours` hold for what can wait."""

    handle: str
    name: str
    zone: str = "UTC"
    os_user: str = ""
    contacts: tuple[ContactMethod, ...] = ()
    hours: Availability = Availability()

    def contacts_for(self, urgency: str) -> tuple[ContactMethod, ...]:
        """The methods for pages of this urgency, in order."""
        return tuple(one for one in self.contacts if urgency in one.urgencies)


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly (or n-weekly) rotation: a wall-clock rule in a zone, so that it stays at its hour over DST.

    The first of `people` takes over on `start` at `handover`; every `weeks` weeks the next one does.
    """

    people: tuple[str, ...]
    start: date
    handover: time = time(9)
    zone: str = "UTC"
    weeks: int = 1


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    rotation: Rotation


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """Who carries the pager from `starts_at` until `ends_at` (exclusive)."""

    person: str
    starts_at: datetime
    ends_at: datetime


class TargetKind(enum.StrEnum):
    PERSON = "person"
    SCHEDULE = "schedule"


class Target(msgspec.Struct, frozen=True):
    kind: TargetKind
    name: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Write to `targets`, then wait `delay` for an acknowledgement before the next step."""

    targets: tuple[Target, ...]
    delay: timedelta = timedelta(minutes=5)


class EscalationPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """`repeat` more rounds follow the first one when nobody acknowledged."""

    name: str
    steps: tuple[Step, ...]
    repeat: int = 2


class Service(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    team: str = ""
    policy: str = DEFAULT_POLICY
    depends_on: tuple[str, ...] = ()  # other services; `dependencies` has the rule


class Team(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    members: tuple[str, ...] = ()


class LastResort(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told when a page gets through to nobody: contact methods that belong to no person's list.

    `after`: so long after a step that nothing of it arrived. `unanswered`: also when an urgent page went through all
    its steps and nobody acknowledged.
    """

    contacts: tuple[ContactMethod, ...] = ()
    after: timedelta = timedelta(minutes=5)
    unanswered: bool = True


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of roster.toml, keyed by name. `problems` are faults that do not stop the daemon."""

    people: Mapping[str, Person] = {}
    teams: Mapping[str, Team] = {}
    services: Mapping[str, Service] = {}
    schedules: Mapping[str, Schedule] = {}
    policies: Mapping[str, EscalationPolicy] = {}
    last_resort: LastResort = LastResort()
    problems: tuple[str, ...] = ()

    @property
    def depends_on(self) -> Mapping[str, tuple[str, ...]]:
        """The services that each service depends on; those that depend on none are missing."""
        return {name: one.depends_on for name, one in self.services.items() if one.depends_on}
