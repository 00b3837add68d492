"""roster.toml: people, teams, services, schedules and escalation policies."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pydantic

from incidentd.configuration.faults import Fault, did_you_mean, from_pydantic, nearest_line
from incidentd.configuration.toml_file import TomlFile
from incidentd.configuration.values import Duration, Table, TimeOfDay, Zone, parse_time
from incidentd.domain.people import (
    DEFAULT_POLICY,
    ContactMethod,
    EscalationPolicy,
    Person,
    Roster,
    Rotation,
    Schedule,
    Service,
    Step,
    Target,
    TargetKind,
    Team,
)

LOG_NOTIFIER = "log"


class ContactTable(Table):
    """One way to reach a person: a notifier instance, an address there, and how long after a step began."""

    notifier: str
    address: str = ""
    after: Duration = timedelta(0)


class PersonTable(Table):
    name: str = ""
    zone: Zone = "UTC"
    os_user: str = ""
    contacts: tuple[ContactTable, ...] = ()


class TeamTable(Table):
    members: tuple[str, ...] = ()


class ServiceTable(Table):
    team: str = ""
    policy: str = DEFAULT_POLICY


class ScheduleTable(Table):
    """A weekly rotation: the first of `people` takes over on `start` at `handover` in `zone`."""

    people: tuple[str, ...] = pydantic.Field(min_length=1)
    start: date
    handover: TimeOfDay = parse_time("09:00")
    zone: Zone = "UTC"
    weeks: int = pydantic.Field(default=1, ge=1, le=52)


class StepTable(Table):
    """Write to `people` and to who is on call for `schedules`, then wait `delay` for an acknowledgement."""

    people: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    delay: Duration = timedelta(minutes=5)


class PolicyTable(Table):
    steps: tuple[StepTable, ...] = pydantic.Field(min_length=1, max_length=50)
    repeat: int = pydantic.Field(default=2, ge=0, le=100)


class _File(Table):
    people: dict[str, PersonTable] = pydantic.Field(default={})
    teams: dict[str, TeamTable] = pydantic.Field(default={})
    services: dict[str, ServiceTable] = pydantic.Field(default={})
    schedules: dict[str, ScheduleTable] = pydantic.Field(default={})
    policies: dict[str, PolicyTable] = pydantic.Field(default={})


def sole_person_roster() -> Roster:
    """The roster of a daemon without a roster file: whoever runs it, paged by the log notifier."""
    user = getpass.getuser()
    person = Person(handle=user, name=user, os_user=user, contacts=(ContactMethod(notifier=LOG_NOTIFIER),))
    step = Step(targets=(Target(TargetKind.PERSON, user),))
    return Roster(
        people={user: person},
        services={"default": Service(name="default")},
        policies={DEFAULT_POLICY: EscalationPolicy(name=DEFAULT_POLICY, steps=(step,))},
    )


def _person(handle: str, table: PersonTable) -> Person:
    contacts = tuple(ContactMethod(notifier=c.notifier, address=c.address, after=c.after) for c in table.contacts)
    return Person(handle=handle, name=table.name or handle, zone=table.zone, os_user=table.os_user, contacts=contacts)


def _policy(name: str, table: PolicyTable) -> EscalationPolicy:
    steps = tuple(
        Step(
            targets=(
                *(Target(TargetKind.PERSON, person) for person in step.people),
                *(Target(TargetKind.SCHEDULE, schedule) for schedule in step.schedules),
            ),
            delay=step.delay,
        )
        for step in table.steps
    )
    return EscalationPolicy(name=name, steps=steps, repeat=table.repeat)


def _schedule(name: str, table: ScheduleTable) -> Schedule:
    rotation = Rotation(
        people=table.people, start=table.start, handover=table.handover, zone=table.zone, weeks=table.weeks
    )
    return Schedule(name=name, rotation=rotation)


class _References:
    """Collects faults about names that lead nowhere."""

    def __init__(self, file: TomlFile, faults: list[Fault]) -> None:
        self._file = file
        self._faults = faults

    def check(self, key: str, names: Iterable[str], known: Iterable[str], what: str) -> None:
        for name in names:
            if name not in known:
                line = nearest_line(self._file.lines, key)
                message = f"there is no {what} {name!r}"
                remedy = did_you_mean(name, known)
                self._faults.append(
                    Fault(file=str(self._file.path), line=line, key=key, message=message, remedy=remedy)
                )


def _check(parsed: _File, notifiers: Iterable[str], file: TomlFile, faults: list[Fault]) -> None:
    references = _References(file, faults)
    policies = {*parsed.policies, DEFAULT_POLICY}
    for handle, person in parsed.people.items():
        used = [contact.notifier for contact in person.contacts]
        references.check(f"people.{handle}.contacts", used, notifiers, "notifier")
    for name, team in parsed.teams.items():
        references.check(f"teams.{name}.members", team.members, parsed.people, "person")
    for name, service in parsed.services.items():
        references.check(f"services.{name}.policy", [service.policy], policies, "policy")
        references.check(f"services.{name}.team", [service.team] if service.team else [], parsed.teams, "team")
    for name, schedule in parsed.schedules.items():
        references.check(f"schedules.{name}.people", schedule.people, parsed.people, "person")
    for name, policy in parsed.policies.items():
        for index, step in enumerate(policy.steps):
            key = f"policies.{name}.steps.{index}"
            references.check(f"{key}.people", step.people, parsed.people, "person")
            references.check(f"{key}.schedules", step.schedules, parsed.schedules, "schedule")


def _default_policy(parsed: _File) -> dict[str, EscalationPolicy]:
    """Without a policy of that name, "default" writes to everybody at once: better too many than nobody."""
    if DEFAULT_POLICY in parsed.policies:
        return {}
    everybody = tuple(Target(TargetKind.PERSON, handle) for handle in parsed.people)
    return {DEFAULT_POLICY: EscalationPolicy(name=DEFAULT_POLICY, steps=(Step(targets=everybody),))}


def _problems(parsed: _File) -> tuple[str, ...]:
    """Faults that do not stop the daemon but would hurt at night."""
    found = [f"{handle} has no contact method" for handle, one in parsed.people.items() if not one.contacts]
    for name, policy in parsed.policies.items():
        for index, step in enumerate(policy.steps, 1):
            if not step.people and not step.schedules:
                found.append(f"step {index} of policy {name} reaches nobody")
    return tuple(found)


def read_roster_file(file: TomlFile, notifiers: Iterable[str], faults: list[Fault]) -> Roster:
    """Validate roster.toml; `notifiers` are the instance names that exist. Faults are added to `faults`."""
    if not file.data:
        return sole_person_roster()
    before = len(faults)
    try:
        parsed = _File.model_validate(file.data)
    except pydantic.ValidationError as error:
        faults += from_pydantic(error, _File, file.path, file.lines)
        return sole_person_roster()
    known: list[Any] = list(notifiers)
    _check(parsed, known, file, faults)
    if len(faults) > before:
        return sole_person_roster()
    services = {name: Service(name=name, team=t.team, policy=t.policy) for name, t in parsed.services.items()}
    return Roster(
        people={handle: _person(handle, table) for handle, table in parsed.people.items()},
        teams={name: Team(name=name, members=table.members) for name, table in parsed.teams.items()},
        services={"default": Service(name="default")} | services,
        schedules={name: _schedule(name, table) for name, table in parsed.schedules.items()},
        policies=_default_policy(parsed) | {name: _policy(name, table) for name, table in parsed.policies.items()},
        problems=_problems(parsed),
    )
