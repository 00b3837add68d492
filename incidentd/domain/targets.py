"""Whom a target of an escalation step stands for at an instant, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec

from incidentd.domain.duty_changes import NO_CHANGES, Changes
from incidentd.domain.final_schedule import current
from incidentd.domain.people import Person, Roster, Target, TargetKind, Team

Turns = Mapping[str, Sequence[str]]
"""By team, the members who have had a turn, the one whose turn is longest ago first."""
NO_TURNS: Turns = {}


class Held(msgspec.Struct, frozen=True):
    """Whom a target stands for (`handle` is "" for nobody), why, and who learns beside them.

    `until` is when the answer changes by itself, None when that is not known.
    """

    handle: str
    why: str
    shadows: tuple[str, ...] = ()
    until: datetime | None = None


def holder(
    roster: Roster,
    target: Target,
    at: datetime,
    changes: Changes = NO_CHANGES,
    *,
    urgency: str = "high",
    turns: Turns = NO_TURNS,
    beside: Collection[str] = (),
) -> Held:
    """Whom `target` stands for at `at`; `beside` are those whom its step writes to already."""
    if target.kind is TargetKind.PERSON:
        return Held(target.name, "named in the policy")
    if target.kind is TargetKind.SCHEDULE:
        return _on_call(roster, target.name, at, changes)
    team = roster.teams.get(target.name)
    if team is None:
        return Held("", "there is no such team")
    if target.kind is TargetKind.CHANNEL:
        return Held(str(target) if team.channel else "", f"the channel of team {team.name}")
    passed = {handle: _passed_over(roster, handle, at, changes, urgency, beside) for handle in members(team, turns)}
    return _in_turn(team, passed, turns)


def _on_call(roster: Roster, name: str, at: datetime, changes: Changes) -> Held:
    schedule = roster.schedules.get(name)
    shift = current(schedule, changes, at) if schedule else None
    if shift is None:
        return Held("", "nobody is on call")
    if not shift.person:
        return Held("", f"{shift.instead_of} is absent and nobody stands in", until=shift.ends_at)
    instead = f" instead of {shift.instead_of}" if shift.instead_of else ""
    return Held(shift.person, f"on call for {name}{instead}", shift.shadows, shift.ends_at)


# ---------------------------------------------------------------------- by turns
def members(team: Team, turns: Turns) -> list[str]:
    """The team in the order of its next turns: first those who never had one, as it lists them."""
    had = [handle for handle in turns.get(team.name, ()) if handle in team.members]
    return [handle for handle in team.members if handle not in had] + had


def after_turn(turns: Turns, team: str, handle: str) -> Turns:
    """The turns once `handle` has had one."""
    return {**turns, team: [*(one for one in turns.get(team, ()) if one != handle), handle]}


def _in_turn(team: Team, passed: Mapping[str, str], turns: Turns) -> Held:
    """The first in turn who is not passed over. Whoever is written to anyway takes it when there is nobody else."""
    free = next((handle for handle, why in passed.items() if not why), None)
    found = free or next((handle for handle, why in passed.items() if why == _ALREADY), None)
    before = [f"{handle} {why}" for handle, why in passed.items() if why and handle != found]
    if found is None:
        return Held("", f"none of team {team.name} can be paged: {', '.join(before) or 'it has no members'}")
    skipped = before[: list(passed).index(found)]
    had = turns.get(team.name, ())
    said = [f"in turn for team {team.name}", *([f"after {had[-1]}"] if had else [])]
    return Held(found, " ".join(said) + (f" ({', '.join(skipped)})" if skipped else ""))


_ALREADY = "is written to already"


def _passed_over(
    roster: Roster, handle: str, at: datetime, changes: Changes, urgency: str, beside: Collection[str]
) -> str:
    """Why somebody's turn is passed over, "" when it is not."""
    person = roster.people.get(handle)
    if person is None:
        return "is unknown"
    if not person.contacts_for(urgency):
        return no_method(person, urgency)
    if any(one.starts_at <= at < one.ends_at for one in changes.absences_of().get(handle, ())):
        return "is absent"
    return _ALREADY if handle in beside else ""


def no_method(person: Person, urgency: str) -> str:
    """That somebody cannot be reached, said after their name."""
    return f"has no contact method{f' for {urgency} urgency' if person.contacts else ''}"
