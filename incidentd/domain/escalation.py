"""Whom an escalation step reaches, and what comes after it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.duty_changes import NO_CHANGES, Changes
from incidentd.domain.hours import opens_at, why_closed
from incidentd.domain.people import (
    DEFAULT_POLICY,
    ContactMethod,
    EscalationPolicy,
    LastResort,
    Person,
    Roster,
    Step,
    Target,
    TargetKind,
)
from incidentd.domain.targets import NO_TURNS, Held, Turns, after_turn, holder, no_method


class Contact(msgspec.Struct, frozen=True):
    """One message to send: to whom, by what, and the reason the person is told.

    A `copy` is told so as to know: a page does not count on it.
    """

    person: Person
    method: ContactMethod
    reason: str
    copy: bool = False


class Reach(msgspec.Struct, frozen=True):
    """Whom a step reaches at an instant. `gaps` says, in words, which targets reach nobody.

    `until` is when the answer changes by itself: the first handover of a schedule that was asked. `turns` are the teams
    of which somebody is in turn.
    """

    contacts: tuple[Contact, ...]
    people: tuple[str, ...]
    gaps: tuple[str, ...]
    until: datetime | None = None
    turns: tuple[tuple[str, str], ...] = ()


class Waiting(msgspec.Struct, frozen=True):
    """A step that waits for somebody's hours; it is looked at again at `until`, whatever else happens."""

    until: datetime
    why: str


def policy_for(
    roster: Roster, policy: str, person: str = "", schedule: str = "", asked: EscalationPolicy | None = None
) -> EscalationPolicy:
    """The policy a page runs: the named one, else the default, else everybody at once.

    One that was given to a person, or to whoever is on call for a schedule, goes there first; where no policy is named
    it goes nowhere else. `asked` are steps of the page's own, which come first as well.
    """
    if asked is not None:
        return _followed_by(asked, policy_for(roster, policy))
    if person or schedule:
        target = Target(TargetKind.PERSON, person) if person else Target(TargetKind.SCHEDULE, schedule)
        given = EscalationPolicy(name=f"{target.kind} {target.name}", steps=(Step(targets=(target,)),))
        return _followed_by(given, policy_for(roster, policy)) if policy else given
    found = roster.policies.get(policy) or roster.policies.get(DEFAULT_POLICY)
    if found is not None:
        return found
    everybody = tuple(Target(TargetKind.PERSON, handle) for handle in roster.people)
    return EscalationPolicy(name="everybody", steps=(Step(targets=everybody),))


def _followed_by(given: EscalationPolicy, policy: EscalationPolicy) -> EscalationPolicy:
    return msgspec.structs.replace(
        policy, name=f"{given.name}, then {policy.name}", steps=(*given.steps, *policy.steps)
    )


def without(reached: Reach, acknowledged: Collection[str]) -> Reach:
    """The same less those who have acknowledged: they know, and the others are still asked for."""
    if not acknowledged:
        return reached
    known = [handle for handle in reached.people if handle in acknowledged]
    return msgspec.structs.replace(
        reached,
        contacts=tuple(one for one in reached.contacts if one.person.handle not in acknowledged),
        people=tuple(handle for handle in reached.people if handle not in acknowledged),
        gaps=(*reached.gaps, *(f"{handle} has acknowledged" for handle in known)),
    )


def policy_of_service(roster: Roster, service: str) -> str:
    """The name of the policy that a service escalates by."""
    found = roster.services.get(service)
    return found.policy if found else DEFAULT_POLICY


class Chosen(msgspec.Struct, frozen=True):
    """The policy that something goes by, and why it is another one than it was sent to ("" when it is not)."""

    policy: str
    why: str = ""


def chosen(roster: Roster, asked: str, severity: str, urgency: str) -> Chosen:
    """The policy for what was sent to policy `asked`: severity is asked before urgency."""
    policy = policy_for(roster, asked)
    for by, value, names in (
        ("severity", severity, policy.by_severity),
        ("urgency", urgency, policy.by_urgency),
    ):
        if value in names:
            return Chosen(names[value], f"policy {policy.name} sends {by} {value} there")
    return Chosen(asked)


class _Gathering:
    """What a step reaches, target by target; a person named twice is written to once."""

    def __init__(self, roster: Roster, step: str, at: datetime, urgency: str, changes: Changes, turns: Turns) -> None:
        self._roster, self._step, self._at = roster, step, at
        self._urgency, self._changes, self._turns = urgency, changes, turns
        self.contacts: list[Contact] = []
        self.copies: list[Contact] = []
        self.people: list[str] = []
        self.gaps: list[str] = []
        self.taken: list[tuple[str, str]] = []
        self.ends: list[datetime] = []
        self._learners: dict[str, str] = {}

    def add(self, target: Target) -> None:
        """Whom one target adds."""
        held = holder(
            self._roster,
            target,
            self._at,
            self._changes,
            urgency=self._urgency,
            turns=self._turns,
            beside=self.people,
        )
        self.ends += [held.until] if held.until is not None else []
        if target.kind is TargetKind.CHANNEL and held.handle:
            self._add_channel(target, held.why)
        elif not held.handle:
            self.gaps.append(f"{target.kind} {target.name}: {held.why}")
        else:
            self._add_person(held)
        if target.kind is TargetKind.TEAM and held.handle:
            self.taken.append((target.name, held.handle))
            self._turns = after_turn(self._turns, target.name, held.handle)

    def _add_person(self, held: Held) -> None:
        person = self._roster.people.get(held.handle)
        if person is None:
            self.gaps.append(f"{held.handle} is unknown")
        elif not person.contacts_for(self._urgency):
            self.gaps.append(f"{held.handle} {no_method(person, self._urgency)}")
        elif held.handle not in self.people:
            self.people.append(held.handle)
            self.contacts += _contacts(person, self._urgency, f"{held.why}; {self._step}")
            self._learners |= dict.fromkeys(held.shadows, f"learning beside {held.handle}, {held.why}")

    def _add_channel(self, target: Target, why: str) -> None:
        """A channel is written to as a person of its own, whom nothing counts on."""
        name = str(target)
        channel = Person(handle=name, name=why, contacts=self._roster.teams[target.name].channel)
        if not channel.contacts_for(self._urgency):
            self.gaps.append(f"{why} {no_method(channel, self._urgency)}")
        elif all(one.person.handle != name for one in self.copies):
            self.copies += _contacts(channel, self._urgency, f"{why}; {self._step}", copy=True)

    def result(self) -> Reach:
        """Everybody; those who learn beside somebody are no copy when they are paged themselves."""
        for handle, why in self._learners.items():
            if handle in self._roster.people and handle not in self.people:
                self.copies += _contacts(self._roster.people[handle], self._urgency, why, copy=True)
        return Reach(
            (*self.contacts, *self.copies),
            tuple(self.people),
            tuple(self.gaps),
            min(self.ends, default=None),
            tuple(self.taken),
        )


def reach(
    roster: Roster,
    policy: EscalationPolicy,
    step: int,
    at: datetime,
    urgency: str = "high",
    changes: Changes = NO_CHANGES,
    turns: Turns = NO_TURNS,
) -> Reach:
    """Whom step `step` (1-based) of `policy` writes to at `at`.

    Those who learn beside somebody, and channels, get copies: they are not among the `people` that the step counts on.
    """
    gathering = _Gathering(roster, f"step {step} of policy {policy.name}", at, urgency, changes, turns)
    for target in policy.steps[step - 1].targets:
        gathering.add(target)
    return gathering.result()


def waiting(reached: Reach, at: datetime) -> Waiting | None:
    """What a step that can wait waits for; None when somebody may be written to now, or there is nobody."""
    people = {
        contact.person.handle: contact.person for contact in reached.contacts if contact.person.handle in reached.people
    }
    opens = {handle: opens_at(person.hours, at) for handle, person in people.items()}
    # Hours that never open hold nothing up: the configuration says that they are wrong.
    if not opens or any(until is None or until <= at for until in opens.values()):
        return None
    until, handle = min((until, handle) for handle, until in opens.items() if until is not None)
    why = f"{why_closed(people[handle].hours)} of {handle}"
    return Waiting(min(until, reached.until or until), why)


def _contacts(person: Person, urgency: str, reason: str, *, copy: bool = False) -> list[Contact]:
    return [Contact(person, method, reason, copy) for method in person.contacts_for(urgency)]


def following(policy: EscalationPolicy, step: int, round_: int) -> tuple[int, int] | None:
    """(step, round) after this one, both 1-based; None when the policy is exhausted."""
    if step < len(policy.steps):
        return step + 1, round_
    return (1, round_ + 1) if round_ <= policy.repeat else None


def delay_after(policy: EscalationPolicy, step: int) -> timedelta:
    """How long step `step` waits for an acknowledgement."""
    return policy.steps[step - 1].delay


NOBODY = "no message about it got through to anybody"
UNANSWERED = "it went through every step and nobody acknowledged"


def last_resort_why(settings: LastResort, urgency: str, may_reach: bool) -> str:
    """Why the last resort is told of a page that has no step left; "" when it is not."""
    if not may_reach:
        return NOBODY
    return UNANSWERED if settings.unanswered and settings.contacts and urgency == "high" else ""


def plan(policy: EscalationPolicy) -> Iterator[tuple[timedelta, int, int]]:
    """(time since the start, step, round) of every step, if nobody acknowledges."""
    at, here = timedelta(0), (1, 1)
    while here is not None:
        yield at, *here
        at += delay_after(policy, here[0])
        after = following(policy, *here)
        if after is None:
            return
        here = after
