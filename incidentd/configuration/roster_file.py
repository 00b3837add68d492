"""roster.toml: people, teams, services, schedules and escalation policies, and whether they fit together."""

from __future__ import annotations

import getpass
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Literal

import pydantic

from incidentd.configuration.chat_table import Accounts, broken_accounts
from incidentd.configuration.documents import Document
from incidentd.configuration.hours import HoursList, availability, ever_open, hours_of
from incidentd.configuration.policies import Known, PolicyTable, broken_policies, policy
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.regions import Region
from incidentd.configuration.schedules import Broken, ScheduleTable, broken_schedule, people_of, schedule
from incidentd.configuration.values import Duration, Name, PositiveDuration, Table, Zone, unknown
from incidentd.domain.dependencies import cycle
from incidentd.domain.hours import Availability
from incidentd.domain.people import (
    DEFAULT_POLICY,
    URGENCIES,
    ContactMethod,
    EscalationPolicy,
    LastResort,
    Person,
    Roster,
    Service,
    Step,
    Target,
    TargetKind,
    Team,
)
from incidentd.domain.toml_lines import Path

ROSTER_FILE = "roster.toml"
LOG_NOTIFIER = "log"
_NO_HANDLE = re.compile(r"[^A-Za-z0-9._@-]+")


class ContactTable(Table):
    notifier: str
    address: str = ""
    after: Duration = timedelta(0)
    for_: Annotated[tuple[Literal["high", "low"], ...], pydantic.Field(alias="for", min_length=1)] = ("high", "low")


class PersonTable(Table):
    name: str = ""
    zone: Zone = "UTC"
    os_user: str = ""
    contacts: list[ContactTable] = pydantic.Field(default=[])
    working_hours: HoursList = pydantic.Field(default=[])
    quiet_hours: HoursList = pydantic.Field(default=[])
    sleep_hours: HoursList = pydantic.Field(default=[])
    holidays: Region = ""
    accounts: Accounts = pydantic.Field(default={})


class LastResortTable(Table):
    contacts: list[ContactTable] = pydantic.Field(default=[])
    after: PositiveDuration = timedelta(minutes=5)
    unanswered: bool = True


class TeamTable(Table):
    members: list[str] = pydantic.Field(default=[])
    channel: list[ContactTable] = pydantic.Field(default=[])
    support_percent: Annotated[int | None, pydantic.Field(ge=1, le=100)] = None
    leads: list[str] = pydantic.Field(default=[])


class ServiceTable(Table):
    team: str = ""
    policy: str = DEFAULT_POLICY
    depends_on: tuple[str, ...] = ()


class RosterFile(Table):
    people: dict[Name, PersonTable] = pydantic.Field(default={})
    teams: dict[Name, TeamTable] = pydantic.Field(default={})
    services: dict[Name, ServiceTable] = pydantic.Field(default={})
    schedules: dict[Name, ScheduleTable] = pydantic.Field(default={})
    policies: dict[Name, PolicyTable] = pydantic.Field(default={})
    last_resort: LastResortTable = LastResortTable()


def read_roster(
    document: Document, notifiers: Collection[str], environ: Mapping[str, str] = MappingProxyType({})
) -> Roster:
    """The roster of a file, or that of one person. `notifiers` are the instances a contact may name.

    Raises `ConfigurationError` with every fault, names that refer to nothing among them.
    """
    if not document.exists:
        return one_person_roster()
    file = document.validate(RosterFile)
    faults = [document.fault(path, *why) for path, why in _broken_references(file, notifiers, environ)]
    if faults:
        raise ConfigurationError(faults)
    return _roster(file, environ)


def one_person_roster() -> Roster:
    """Without a roster file: whoever runs the daemon, reached by the daemon's log."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a uid without a name
        user = ""
    handle = _NO_HANDLE.sub("-", user).strip("-._@")[:64] or "me"
    person = Person(handle=handle, name=handle, os_user=user, contacts=(ContactMethod(notifier=LOG_NOTIFIER),))
    step = Step(targets=(Target(TargetKind.PERSON, handle),))
    policy = EscalationPolicy(name=DEFAULT_POLICY, steps=(step,))
    return Roster(
        people={handle: person},
        services={"default": Service(name="default")},
        policies={DEFAULT_POLICY: policy},
    )


def _broken_references(file: RosterFile, notifiers: Collection[str], environ: Mapping[str, str]) -> Iterable[Broken]:
    yield from _broken_contacts(file, notifiers)
    yield from broken_accounts({handle: person.accounts for handle, person in file.people.items()})
    for name, team in file.teams.items():
        yield from _unknown_people(file, ("teams", name, "members"), team.members)
        yield from _unknown_people(file, ("teams", name, "leads"), team.leads)
        yield from _unknown_notifiers(("teams", name, "channel"), team.channel, notifiers)
    for name, table in file.schedules.items():
        yield from broken_schedule(table, ("schedules", name), file.people, environ)
    for name, service in file.services.items():
        if service.team and service.team not in file.teams:
            yield ("services", name, "team"), unknown("team", service.team, file.teams)
        if service.policy not in file.policies and service.policy != DEFAULT_POLICY:
            yield ("services", name, "policy"), unknown("policy", service.policy, file.policies)
    yield from _broken_dependencies(file)
    yield from broken_policies(file.policies, _known(file))


def _known(file: RosterFile) -> Known:
    names: dict[TargetKind, Collection[str]] = {
        TargetKind.PERSON: file.people,
        TargetKind.SCHEDULE: file.schedules,
        TargetKind.TEAM: [name for name, team in file.teams.items() if team.members],
        TargetKind.CHANNEL: [name for name, team in file.teams.items() if team.channel],
    }
    return Known(names, file.teams, lambda target: _handles(file, target))


def _broken_dependencies(file: RosterFile) -> Iterable[Broken]:
    depends_on = {name: service.depends_on for name, service in file.services.items()}
    for name, others in depends_on.items():
        for index, other in enumerate(others):
            if other not in file.services:
                yield ("services", name, "depends_on", index), unknown("service", other, file.services)
    if found := cycle(depends_on):
        what = f"is part of a cycle: {' -> '.join(found)}"
        yield ("services", found[0], "depends_on"), (what, "take one of these dependencies away")


def _broken_contacts(file: RosterFile, notifiers: Collection[str]) -> Iterable[Broken]:
    users: dict[str, str] = {}
    yield from _unknown_notifiers(("last_resort", "contacts"), file.last_resort.contacts, notifiers)
    for handle, person in file.people.items():
        yield from _unknown_notifiers(("people", handle, "contacts"), person.contacts, notifiers)
    for handle, person in file.people.items():
        if not ever_open(_hours(person)):
            closed = "the quiet hours cover all working hours, so that nothing that can wait is ever sent"
            yield ("people", handle, "quiet_hours"), (closed, "make them shorter")
        if person.os_user and users.setdefault(person.os_user, handle) != handle:
            why = f'"{person.os_user}" is {users[person.os_user]} already', "an OS user is one person"
            yield ("people", handle, "os_user"), why


def _unknown_notifiers(path: Path, contacts: list[ContactTable], notifiers: Collection[str]) -> Iterable[Broken]:
    for index, contact in enumerate(contacts):
        if contact.notifier not in notifiers:
            what, near = unknown("notifier", contact.notifier, notifiers)
            yield (*path, index, "notifier"), (what, f"{near}, or add [notifiers.{contact.notifier}] to incidentd.toml")


def _unknown_people(file: RosterFile, path: Path, handles: list[str]) -> Iterable[Broken]:
    for index, handle in enumerate(handles):
        if handle not in file.people:
            yield (*path, index), unknown("person", handle, file.people)


def _roster(file: RosterFile, environ: Mapping[str, str]) -> Roster:
    return Roster(
        people={handle: _person(handle, table) for handle, table in file.people.items()},
        teams={
            name: Team(
                name=name,
                members=tuple(t.members),
                support_percent=t.support_percent,
                leads=tuple(t.leads),
                channel=_contacts(t.channel),
            )
            for name, t in file.teams.items()
        },
        services={
            name: Service(name=name, team=t.team, policy=t.policy, depends_on=t.depends_on)
            for name, t in file.services.items()
        },
        schedules={name: schedule(name, table, environ) for name, table in file.schedules.items()},
        policies={name: policy(name, table) for name, table in file.policies.items()},
        last_resort=LastResort(
            contacts=_contacts(file.last_resort.contacts),
            after=file.last_resort.after,
            unanswered=file.last_resort.unanswered,
        ),
        problems=tuple(_problems(file)),
    )


def _person(handle: str, table: PersonTable) -> Person:
    return Person(
        handle=handle,
        name=table.name or handle,
        zone=table.zone,
        os_user=table.os_user,
        contacts=_contacts(table.contacts),
        hours=_hours(table),
        holidays=table.holidays,
        sleep=hours_of(table.sleep_hours),
        accounts=table.accounts,
    )


def _contacts(tables: list[ContactTable]) -> tuple[ContactMethod, ...]:
    return tuple(
        ContactMethod(notifier=one.notifier, address=one.address, after=one.after, urgencies=tuple(one.for_))
        for one in tables
    )


def _hours(table: PersonTable) -> Availability:
    return availability(table.zone, table.working_hours, table.quiet_hours)


def _problems(file: RosterFile) -> Iterable[str]:
    """What does not stop the daemon, and may leave a page unread."""
    if not file.people:
        yield "the roster names nobody: no page reaches anyone — add [people.HANDLE] to roster.toml"
    for handle, person in file.people.items():
        if not person.contacts:
            yield f"{handle} has no contact method and cannot be paged — add contacts to [people.{handle}]"
            continue
        for urgency in URGENCIES:
            if not any(urgency in contact.for_ for contact in person.contacts):
                yield f'{handle} has no contact method for {urgency} urgency — add one with for = ["{urgency}"]'
    for name, one in file.policies.items():
        if not any(_reaches(file, target) for step in one.steps for target in step.targets):
            yield f"policy {name} reaches nobody — give the people it names a contact method"
    if DEFAULT_POLICY not in file.policies and file.people:
        yield f"there is no policy {DEFAULT_POLICY}: what no policy takes goes to everybody — add [policies.default]"


def _reaches(file: RosterFile, target: Target) -> bool:
    """Whether it stands for anybody with a contact method."""
    return any(file.people[handle].contacts for handle in _handles(file, target))


def _handles(file: RosterFile, target: Target) -> Iterable[str]:
    """Everybody it may stand for; a channel is nobody."""
    if target.kind is TargetKind.SCHEDULE:
        return people_of(file.schedules[target.name], file.people)
    if target.kind is TargetKind.TEAM:
        return file.teams[target.name].members
    return (target.name,) if target.kind is TargetKind.PERSON else ()
