"""Who can be reached: people, teams, services, schedules and escalation policies, as the roster file states them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import msgspec

from incidentd.domain.hours import EVERY_DAY, Availability, Hours

DEFAULT_POLICY = "default"
URGENCIES = ("high", "low")
LONGEST_ACKNOWLEDGEMENT = timedelta(days=30)


class ContactMethod(msgspec.Struct, frozen=True, kw_only=True):
    """One way to reach a person: a notifier instance and an address there, used `after` a step began.

    `urgencies` are those of the pages it is used for.
    """

    notifier: str
    address: str = ""
    after: timedelta = timedelta(0)
    urgencies: tuple[str, ...] = URGENCIES


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`os_user` ties the person to the peer of the local socket; `hours` hold for what can wait.

    `holidays` is the region of their public holidays: a country, or a part of it such as DE-BE (ISO 3166); "" for none.
    `sleep` are their sleep hours; none means the usual ones. `accounts` are the vendors' ids of the person as a member
    of chats, by channel instance.
    """

    handle: str
    name: str
    zone: str = "UTC"
    os_user: str = ""
    contacts: tuple[ContactMethod, ...] = ()
    hours: Availability = Availability()
    holidays: str = ""
    sleep: tuple[Hours, ...] = ()
    accounts: Mapping[str, str] = {}

    def contacts_for(self, urgency: str) -> tuple[ContactMethod, ...]:
        """The methods for pages of this urgency, in order."""
        return tuple(one for one in self.contacts if urgency in one.urgencies)


class Unit(enum.StrEnum):
    """What turns are counted in."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"

    @property
    def length(self) -> timedelta:
        """One of them on the wall clock."""
        return timedelta(**{self.value: 1})


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """Turns of `every` units: a wall-clock rule in a zone, so that handovers stay at their hour over DST.

    The first of `people` takes over on `start` at `handover`. With a `handover_day` (ISO: Monday is 1) turns of weeks
    change on that day, so that the first one may be short. The turn that holds the handover hour of a day in `skip` is
    passed over: the next person has it, and all others move up. `until` is a naive time in `zone`.
    """

    people: tuple[str, ...]
    start: date
    handover: time = time(9)
    handover_day: int | None = None
    zone: str = "UTC"
    every: int = 1
    unit: Unit = Unit.WEEKS
    until: datetime | None = None
    skip: tuple[date, ...] = ()


class Restriction(msgspec.Struct, frozen=True, kw_only=True):
    """From `start` on each of `days` (ISO: Monday is 1) until `end`, `days_over` days later."""

    days: frozenset[int] = EVERY_DAY
    start: time = time(0)
    end: time = time(0)
    days_over: int = 1


class Ical(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar that says whose turn it is: a URL or a file's path, read `every` so often.

    `people` are texts of events (a summary, an attendee) and the handles that they mean, beside handles and names.
    Whoever knows the URL may read the calendar, so it stands in no text.
    """

    place: str
    every: timedelta = timedelta(minutes=15)
    people: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return "Ical(***)"


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """A rotation, or a calendar, that counts within any of `restrictions` (always, when there is none).

    `shadows` are told what the holder is told, so as to learn; a page does not count on them.
    """

    name: str
    rotation: Rotation
    restrictions: tuple[Restriction, ...] = ()
    shadows: tuple[str, ...] = ()
    ical: Ical | None = None


class HandoverForm(enum.StrEnum):
    """What ends a duty block: nothing, what is open, or all of it with what its person writes."""

    OFF = "off"
    SHORT = "short"
    FULL = "full"


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """Layers: a later one lies above an earlier one where it has somebody. `final_schedule` has the whole rule.

    `handover_form` None: by the length of the block, see `handover.form_of`.
    """

    name: str
    layers: tuple[Layer, ...]
    handover_form: HandoverForm | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody in its layers, in the order in which they are named first."""
        return tuple(dict.fromkeys(handle for layer in self.layers for handle in layer.rotation.people))

    @property
    def zone(self) -> str:
        """The zone its days are counted in: that of its first layer."""
        return self.layers[0].rotation.zone


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """Who carries the pager from `starts_at` until `ends_at` (exclusive); "" for nobody.

    `source` is what decided: layer:NAME, override:ID, swap:ID or absence:ID; `instead_of` is who would have had it.
    """

    person: str
    starts_at: datetime
    ends_at: datetime
    source: str = ""
    instead_of: str = ""
    shadows: tuple[str, ...] = ()

    def cut(self, starts_at: datetime, ends_at: datetime) -> Shift:
        """The part of it between two instants."""
        return Shift(
            person=self.person,
            starts_at=starts_at,
            ends_at=ends_at,
            source=self.source,
            instead_of=self.instead_of,
            shadows=self.shadows,
        )

    def given_to(self, person: str, source: str) -> Shift:
        """The same time with somebody else."""
        return msgspec.structs.replace(self, person=person, source=source, instead_of=self.person)


class TargetKind(enum.StrEnum):
    """A team stands for one of its members, in turn; a channel is a team's, and no person."""

    PERSON = "person"
    SCHEDULE = "schedule"
    TEAM = "team"
    CHANNEL = "channel"


class Target(msgspec.Struct, frozen=True):
    """`name` is a handle, a schedule, or a team."""

    kind: TargetKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.name}"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Write to `targets`, then wait `delay` for an acknowledgement before the next step.

    From this step on `acks` different people have to acknowledge before the page is taken.
    """

    targets: tuple[Target, ...]
    delay: timedelta = timedelta(minutes=5)
    acks: int = 1


class EscalationPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """`repeat` more rounds follow the first one when nobody acknowledged.

    What is of a severity in `by_severity` (the alert's label, or that of an incident), or else of an urgency in
    `by_urgency`, goes by the policy named there. Such a policy names no others itself. An acknowledgement that names no
    end holds for `ack_timeout`; None: until the page is over.
    """

    name: str
    steps: tuple[Step, ...]
    repeat: int = 2
    by_severity: Mapping[str, str] = {}
    by_urgency: Mapping[str, str] = {}
    ack_timeout: timedelta | None = None


class Service(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    team: str = ""
    policy: str = DEFAULT_POLICY
    depends_on: tuple[str, ...] = ()  # other services; `dependencies` has the rule


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """`support_percent` of the members are in support mode at a time; None for a team that states no share.

    `channel` are the contact methods of a place where the team reads, such as a chat room. `leads` have authority over
    the members: they facilitate no review of what these took part in.
    """

    name: str
    members: tuple[str, ...] = ()
    channel: tuple[ContactMethod, ...] = ()
    support_percent: int | None = None
    leads: tuple[str, ...] = ()


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
