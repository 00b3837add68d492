"""Where an alert would go, and who would be paged first right now, without sending one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from incidentd.clock import Clock
from incidentd.domain.duty_changes import NO_CHANGES, Changes
from incidentd.domain.escalation import Contact, chosen, policy_for, policy_of_service, reach
from incidentd.domain.muting import Mute
from incidentd.domain.people import EscalationPolicy, Roster
from incidentd.domain.process import Process
from incidentd.domain.route_walk import Visit, walk
from incidentd.domain.routing import Route, group_key, group_labels, service_of
from incidentd.domain.targets import NO_TURNS, Turns
from incidentd.services.muting import Mutes, reason
from incidentd.wire import routes as wire_routes

Known = tuple[Changes, Turns]
"""What decides who is called, beside the roster."""


async def _unchanged(_at: datetime) -> Known:
    return NO_CHANGES, NO_TURNS


class RouteTester:
    """Implements `contracts.RouteCalls`."""

    def __init__(
        self,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        clock: Clock,
        mutes: Mutes,
        known: Callable[[datetime], Awaitable[Known]] = _unchanged,
    ) -> None:
        self._known = known
        self._mutes = mutes
        self._process = process
        self._roster = roster
        self._clock = clock

    async def test(self, labels: Mapping[str, str]) -> wire_routes.RouteTest:
        """The walk of an alert with `labels` and what happens at its ends."""
        process, roster, now = self._process(), self._roster(), self._clock.now()
        visits = walk(process.route, labels)
        known = await self._known(now)
        return wire_routes.RouteTest(
            at=now,
            process_version=process.version,
            labels=labels,
            steps=tuple(_step(visit) for visit in visits),
            ends=tuple(
                _end(visit.route, labels, roster, now, self._mutes.of_route(visit.route, now), known)
                for visit in visits
                if visit.ends
            ),
        )


def _step(visit: Visit) -> wire_routes.RouteStep:
    matchers = (
        wire_routes.RouteMatcher(matcher=str(one.matcher), value=one.value, matched=one.matched) for one in visit.tried
    )
    return wire_routes.RouteStep(
        route=visit.route.id,
        name=visit.route.name,
        depth=visit.depth,
        matchers=tuple(matchers),
        matched=visit.matched,
        continues=visit.route.continue_,
        ends=visit.ends,
        skipped=visit.skipped,
    )


def _end(
    route: Route, labels: Mapping[str, str], roster: Roster, now: datetime, mute: Mute | None, known: Known
) -> wire_routes.RouteEnd:
    service = service_of(route, labels)
    asked = route.policy or policy_of_service(roster, service)
    wanted = chosen(roster, asked, labels.get("severity", ""), route.urgency).policy
    policy = policy_for(roster, wanted)
    first, gaps = _first(roster, policy, now, route.urgency, known)
    if policy.name != wanted:
        gaps = (f"there is no policy {wanted}, so {policy.name} is used", *gaps)
    contacts = (
        wire_routes.RouteContact(
            person=one.person.handle,
            notifier=one.method.notifier,
            after=one.method.after.total_seconds(),
            reason=one.reason,
        )
        for one in first
    )
    return wire_routes.RouteEnd(
        route=route.id,
        name=route.name,
        service=service,
        page=route.page,
        policy=policy.name if route.page else "",
        urgency=route.urgency,
        group_key=group_key(route, labels),
        group_labels=group_labels(route, labels),
        group_wait=route.group_wait.total_seconds(),
        group_interval=route.group_interval.total_seconds(),
        repeat_interval=route.repeat_interval.total_seconds(),
        contacts=tuple(contacts) if route.page else (),
        gaps=gaps if route.page else (),
        muted=None if mute is None else reason(mute),
    )


def _first(
    roster: Roster, policy: EscalationPolicy, now: datetime, urgency: str, known: Known
) -> tuple[tuple[Contact, ...], tuple[str, ...]]:
    """Whom the first step that reaches somebody writes to, and the gaps up to there: such a step is passed at once."""
    gaps: tuple[str, ...] = ()
    for step in range(1, len(policy.steps) + 1):
        found = reach(roster, policy, step, now, urgency, *known)
        gaps += tuple(gap for gap in found.gaps if gap not in gaps)
        if found.contacts:
            return found.contacts, gaps
    return (), gaps
