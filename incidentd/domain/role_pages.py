"""Whom a page for a role asks: those who hold it, else those who may, one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from incidentd.domain.communicators import Communicators
from incidentd.domain.duty_changes import Changes
from incidentd.domain.people import EscalationPolicy, Roster, Step, Target, TargetKind
from incidentd.domain.roles import Role
from incidentd.domain.targets import Turns, holder, members

SOUGHT = frozenset({Role.MITIGATION_LEAD, Role.COMMUNICATIONS_LEAD, Role.SCRIBE, Role.RESPONDER, Role.SUPPORT_TRIAGER})
"""Roles of the response. What the review needs is planned, and pages nobody."""


def communicators(
    listed: Communicators, roster: Roster, at: datetime, changes: Changes, turns: Turns, busy: Collection[str]
) -> tuple[str, ...]:
    """Who of the list can be asked at `at`, in order: present, in the roster, and not `busy` with the mitigation."""
    found = dict.fromkeys(handle for one in listed.targets for handle in _handles(one, roster, at, changes, turns))
    absences = changes.absences_of()
    return tuple(
        handle
        for handle in found
        if handle in roster.people
        and handle not in busy
        and not any(one.starts_at <= at < one.ends_at for one in absences.get(handle, ()))
    )


def _handles(target: Target, roster: Roster, at: datetime, changes: Changes, turns: Turns) -> Iterator[str]:
    """A person, everybody of a team in turn, or whoever is on call."""
    if target.kind is TargetKind.TEAM:
        team = roster.teams.get(target.name)
        yield from members(team, turns) if team else ()
    else:
        yield holder(roster, target, at, changes).handle


def in_order(holding: Sequence[str], others: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The steps: those who hold the role together, then the others one by one."""
    first = (tuple(dict.fromkeys(holding)),) if holding else ()
    return (*first, *((one,) for one in others if one not in holding))


def asking(role: str, steps: Sequence[Sequence[str]], delay: float) -> EscalationPolicy | None:
    """The steps of a page for a role as a policy, to which that of the service is added; None without any.

    `delay` is in seconds.
    """
    if not steps:
        return None
    wait = timedelta(seconds=delay)
    return EscalationPolicy(
        name=f"for the {role.replace('_', ' ')}",
        steps=tuple(Step(targets=tuple(Target(TargetKind.PERSON, one) for one in step), delay=wait) for step in steps),
    )
