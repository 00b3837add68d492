"""Whom an escalation step reaches, and what comes after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.duty_changes import NO_CHANGES, Changes
from incidentd.domain.final_schedule import current
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

    `until` is when the answer changes by itself: the first handover of a schedule that was asked.
    """

    contacts: tuple[Contact, ...]
    people: tuple[str, ...]
    gaps: tuple[str, ...]
    until: datetime | None = None


class Waiting(msgspec.Struct, frozen=True):
    """A step that waits for somebody's hours; it is looked at again at `until`, whatever else happens."""

    until: datetime
    why: str


def policy_for(roster: Roster, policy: str, person: str = "") -> EscalationPolicy:
    """The policy a page runs: straight to one person, the named one, else the default, else everybody at once."""
    if person:
        return EscalationPolicy(name=f"person {person}", steps=(Step(targets=(Target(TargetKind.PERSON, person),)),))
    found = roster.policies.get(policy) or roster.policies.get(DEFAULT_POLICY)
    if found is not None:
        return found
    everybody = tuple(Target(TargetKind.PERSON, handle) for handle in roster.people)
    return EscalationPolicy(name="everybody", steps=(Step(targets=everybody),))


def policy_of_service(roster: Roster, service: str) -> str:
    """The name of the policy that a service escalates by."""
    found = roster.services.get(service)
    return found.policy if found else DEFAULT_POLICY


class Held(msgspec.Struct, frozen=True):
    """Whom a target stands for (`handle` is "" for nobody), why, and who learns beside them."""

    handle: str
    why: str
    shadows: tuple[str, ...] = ()
    until: datetime | None = None


def holder(roster: Roster, target: Target, at: datetime, changes: Changes = NO_CHANGES) -> Held:
    """Whom a target stands for at an instant."""
    if target.kind is TargetKind.PERSON:
        return Held(target.name, "named in the policy")
    schedule = roster.schedules.get(target.name)
    shift = current(schedule, changes, at) if schedule else None
    if shift is None:
        return Held("", "nobody is on call")
    if not shift.person:
        return Held("", f"{shift.instead_of} is absent and nobody stands in", until=shift.ends_at)
    instead = f" instead of {shift.instead_of}" if shift.instead_of else ""
    return Held(shift.person, f"on call for {target.name}{instead}", shift.shadows, shift.ends_at)


def reach(
    roster: Roster,
    policy: EscalationPolicy,
    step: int,
    at: datetime,
    urgency: str = "high",
    changes: Changes = NO_CHANGES,
) -> Reach:
    """Whom step `step` (1-based) of `policy` writes to at `at`; a person named twice is written to once.

    Those who learn beside somebody are written to with them, and are not among the `people` that the step counts on.
    """
    contacts: list[Contact] = []
    people: list[str] = []
    gaps: list[str] = []
    learners: dict[str, str] = {}
    ends: list[datetime] = []
    for target in policy.steps[step - 1].targets:
        held = holder(roster, target, at, changes)
        ends += [held.until] if held.until is not None else []
        person = roster.people.get(held.handle)
        if person is None:
            gaps.append(f"{target.kind} {target.name}: {held.why}" if not held.handle else f"{held.handle} is unknown")
        elif not person.contacts_for(urgency):
            for_it = f" for {urgency} urgency" if person.contacts else ""
            gaps.append(f"{held.handle} has no contact method{for_it}")
        elif held.handle not in people:
            people.append(held.handle)
            contacts += _contacts(person, urgency, f"{held.why}; step {step} of policy {policy.name}")
            learners |= dict.fromkeys(held.shadows, f"learning beside {held.handle}, {held.why}")
    for handle, why in learners.items():
        if handle in roster.people and handle not in people:
            contacts += _contacts(roster.people[handle], urgency, why, copy=True)
    return Reach(tuple(contacts), tuple(people), tuple(gaps), min(ends, default=None))


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
