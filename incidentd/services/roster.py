"""The roster as callers see it: people, services, and who is on call now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from incidentd import wire
from incidentd.domain import handover_words, rest
from incidentd.domain.duty_changes import Changes
from incidentd.domain.final_schedule import HORIZON, final_schedule, holder_at, now_and_next
from incidentd.domain.handover import OPEN, Handover
from incidentd.domain.people import Roster, Schedule, TargetKind
from incidentd.domain.reachability import Reachability
from incidentd.domain.rest import Rest
from incidentd.domain.rest import State as RestState
from incidentd.services.reachability import ReachabilityView
from incidentd.storage import duty_changes, handovers, rests
from incidentd.storage.store import Store

_NEAR = timedelta(days=60)


def policies_of_schedule(roster: Roster, name: str) -> tuple[str, ...]:
    """The policies that page whoever carries the pager of a schedule."""
    return _policies_of(roster, TargetKind.SCHEDULE, name)


def _policies_of(roster: Roster, kind: TargetKind, name: str) -> tuple[str, ...]:
    return tuple(
        policy.name
        for policy in roster.policies.values()
        if any(target.kind is kind and target.name == name for step in policy.steps for target in step.targets)
    )


def _on_call(
    roster: Roster,
    schedule: Schedule,
    at: datetime,
    changes: Changes,
    judged: Mapping[str, Reachability],
    open_: Sequence[Handover],
    tired: Mapping[str, Rest],
) -> wire.OnCall:
    shift, following = now_and_next(schedule, changes, at)
    handed = [handover_words.warning(one) for one in open_ if one.schedule == schedule.name]
    if shift is not None and shift.person in tired:
        handed.append(rest.warning(tired[shift.person]))
    return wire.OnCall(
        schedule=schedule.name,
        person=shift.person if shift else "",
        until=shift.ends_at if shift else None,
        next_person=following.person if following else "",
        next_at=following.starts_at if following else None,
        instead_of=shift.instead_of if shift else "",
        policies=policies_of_schedule(roster, schedule.name),
        warnings=(*_warnings(judged, shift.person if shift else ""), *handed),
        next_warnings=_warnings(judged, following.person if following else ""),
    )


def _warnings(judged: Mapping[str, Reachability], handle: str) -> tuple[str, ...]:
    return judged[handle].warnings if handle in judged else ()


class RosterView:
    """Implements `contracts.RosterCalls`."""

    def __init__(self, store: Store, roster: Callable[[], Roster], reach: ReachabilityView) -> None:
        self._store = store
        self._reach = reach
        self._roster = roster

    async def people(self) -> wire.People:
        """Everybody, with the schedules and policies that reach them now; addresses stay hidden."""
        roster, now = self._roster(), self._store.clock.now()
        judged = await self._reach.everybody()
        changes = await self._store.read(lambda conn: duty_changes.at(conn, now))
        duties: dict[str, list[str]] = {handle: [] for handle in roster.people}
        for schedule in roster.schedules.values():
            shift = holder_at(schedule, changes, now)
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

    async def on_call(self, person: str = "") -> wire.OnCallNow:
        """Who carries the pager now, who is next, and the shifts of `person` that are under way or come next."""
        roster, now = self._roster(), self._store.clock.now()
        judged = await self._reach.everybody()
        changes, open_, tired = await self._store.read(
            lambda conn: (
                duty_changes.between(conn, now, now + HORIZON),
                handovers.listed(conn, OPEN),
                {one.person: one for one in rests.listed(conn, (RestState.OFFERED, RestState.TAKEN))},
            )
        )
        schedules = tuple(
            _on_call(roster, one, now, changes, judged, open_, tired) for one in roster.schedules.values()
        )
        mine = (_own(one, now, changes, person) for one in roster.schedules.values() if person)
        found = sorted((one for one in mine if one is not None), key=lambda one: (one.starts_at, one.schedule))
        return wire.OnCallNow(at=now, schedules=schedules, mine=tuple(found))


def _own(schedule: Schedule, now: datetime, changes: Changes, person: str) -> wire.OwnShift | None:
    """The first shift of `person` that is not over, whole as far as they hold on."""
    if person not in schedule.people and not _takes_part(schedule, changes, person):
        return None
    for ahead in (_NEAR, HORIZON):
        shifts = final_schedule(schedule, changes, now, now + ahead)
        first = next((at for at, one in enumerate(shifts) if one.person == person), None)
        if first is not None:
            ends_at = shifts[first].ends_at
            for one in shifts[first + 1 :]:
                if one.person != person or one.starts_at != ends_at:
                    break
                ends_at = one.ends_at
            return wire.OwnShift(schedule=schedule.name, starts_at=shifts[first].starts_at, ends_at=ends_at)
    return None


def _takes_part(schedule: Schedule, changes: Changes, person: str) -> bool:
    """Whether a change may bring somebody into a schedule whose layers do not name them."""
    named = {one.person for one in changes.overrides if one.schedule == schedule.name}
    named |= {who for one in changes.swaps if one.schedule == schedule.name for who in (one.person, one.other)}
    named |= {one.person for one in changes.imported if one.schedule == schedule.name}
    return person in named | {one.stand_in for one in changes.absences}
