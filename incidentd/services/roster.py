"""The roster as callers see it: people, services, and who is on call now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from incidentd import wire
from incidentd.clock import Clock
from incidentd.domain.duty_changes import NO_CHANGES
from incidentd.domain.final_schedule import holder_at, now_and_next
from incidentd.domain.people import Roster, Schedule, TargetKind
from incidentd.domain.reachability import Reachability
from incidentd.services.reachability import ReachabilityView


def _policies_of(roster: Roster, kind: TargetKind, name: str) -> tuple[str, ...]:
    return tuple(
        policy.name
        for policy in roster.policies.values()
        if any(target.kind is kind and target.name == name for step in policy.steps for target in step.targets)
    )


def _on_call(roster: Roster, schedule: Schedule, at: datetime, judged: Mapping[str, Reachability]) -> wire.OnCall:
    shift, following = now_and_next(schedule, NO_CHANGES, at)
    return wire.OnCall(
        schedule=schedule.name,
        person=shift.person if shift else "",
        until=shift.ends_at if shift else None,
        next_person=following.person if following else "",
        policies=_policies_of(roster, TargetKind.SCHEDULE, schedule.name),
        warnings=_warnings(judged, shift.person if shift else ""),
        next_warnings=_warnings(judged, following.person if following else ""),
    )


def _warnings(judged: Mapping[str, Reachability], handle: str) -> tuple[str, ...]:
    return judged[handle].warnings if handle in judged else ()


class RosterView:
    """Implements `contracts.RosterCalls`."""

    def __init__(self, roster: Callable[[], Roster], clock: Clock, reach: ReachabilityView) -> None:
        self._reach = reach
        self._roster = roster
        self._clock = clock

    async def people(self) -> wire.People:
        """Everybody, with the schedules and policies that reach them now; addresses stay hidden."""
        roster, now = self._roster(), self._clock.now()
        judged = await self._reach.everybody()
        duties: dict[str, list[str]] = {handle: [] for handle in roster.people}
        for schedule in roster.schedules.values():
            shift = holder_at(schedule, NO_CHANGES, now)
            if shift and shift.person in duties:
                duties[shift.person].append(schedule.name)
        shown = tuple(
            wire.Person(
                handle=person.handle,
                name=person.name,
                zone=person.zone,
                contacts=tuple(method.notifier for method in person.contacts),
                on_call_for=(
                    *duties[person.handle],
                    *(f"policy {name}" for name in _policies_of(roster, TargetKind.PERSON, person.handle)),
                ),
                reachable=person.handle not in judged or judged[person.handle].works,
                warnings=_warnings(judged, person.handle),
                proven_at=judged[person.handle].proven_at if person.handle in judged else None,
            )
            for person in roster.people.values()
        )
        return wire.People(people=shown, problems=roster.problems)

    async def services(self) -> wire.Services:
        """Every service with its team and policy."""
        shown = (
            wire.Service(name=s.name, team=s.team, policy=s.policy, depends_on=s.depends_on)
            for s in self._roster().services.values()
        )
        return wire.Services(services=tuple(shown))

    async def on_call(self) -> wire.OnCallNow:
        """Who carries the pager now, and who is next."""
        roster, now = self._roster(), self._clock.now()
        judged = await self._reach.everybody()
        schedules = tuple(_on_call(roster, schedule, now, judged) for schedule in roster.schedules.values())
        return wire.OnCallNow(at=now, schedules=schedules)
