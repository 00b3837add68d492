"""Duty: who is in support and who on project work, how blocks are handed over, who rests, who is pulled in."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from incidentd.services.errors import Conflict, Invalid
from incidentd.simulation.rhythm import later
from incidentd.simulation.team import SERVICES, TEAMS, cycle_begins, on_call
from incidentd.simulation.world import Act, Told, World, data, number
from incidentd.wire import modes as wire_modes
from incidentd.wire import protection as wire_protection
from incidentd.wire import rest as wire_rest

_WEEK = timedelta(weeks=1)
_TOLD_AHEAD = timedelta(days=1)
_SUPPORT_WEEKS = 2
_SURPRISES = ("nothing", "the queue of search grows on Mondays", "the new limit is lower than we thought")
_REASONS: tuple[wire_protection.GivenReason, ...] = ("knowledge", "hands", "access", "unfinished")


class Duty:
    """Plans modes week by week, and does what people on duty do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._draws = world.draws.part("duty")
        self._start = world.now
        self._planned: dict[str, datetime] = {}
        for team, people in TEAMS.items():
            for place, person in enumerate(people):
                world.after(timedelta(0), partial(self._plan, team, place, person))
        world.hear |= {
            "handover.drafted": self._drafted,
            "handover.sent": self._sent,
            "rest.offered": self._offered,
        }
        self._next()

    # ------------------------------------------------------------------ modes
    async def _plan(self, team: str, place: int, person: str) -> None:
        """Set the mode that somebody is in from now or next on, and come back before it ends."""
        world = self._world
        begins = self._planned.get(person, self._start)
        mode, ends = _mode(self._start, place, len(TEAMS[team]), begins)
        body = wire_modes.SetMode(
            person=person, mode=mode, starts_at=begins, ends_at=ends, reason="the simulation begins in its middle"
        )
        await world.core.modes.set(body, TEAMS[team][0])
        self._planned[person] = ends
        world.at(ends - _TOLD_AHEAD, partial(self._plan, team, place, person))

    # ------------------------------------------------------------------ handovers and rest
    def _drafted(self, event: Told) -> None:
        world, person = self._world, str(data(event)["person"])
        if self._draws.yes(world.assumed.handover_written):
            words = self._draws.one_of(_SURPRISES)
            act = partial(world.core.handovers.send, number(event), words, person, None)
            world.after(self._draws.duration(world.assumed.handover_takes), partial(unless_over, act))

    def _sent(self, event: Told) -> None:
        world, person = self._world, str(data(event)["next_person"])
        if person and self._draws.yes(world.assumed.handover_accepted):
            act = partial(world.core.handovers.accept, number(event), person, None)
            world.after(self._draws.duration(world.assumed.handover_takes), partial(unless_over, act))

    def _offered(self, event: Told) -> None:
        world, person = self._world, str(data(event)["person"])
        if self._draws.yes(world.assumed.rest_answered):
            taken = self._draws.yes(world.assumed.rest_taken)
            body = wire_rest.AnswerRest(late=taken, decline=not taken)
            act = partial(world.core.desk.rests.answer, number(event), body, person)
            world.after(self._draws.duration(world.assumed.handover_takes), partial(unless_over, act))

    # ------------------------------------------------------------------ somebody asks whom they know
    def _next(self) -> None:
        world = self._world
        gap = self._draws.duration(world.assumed.interruption_gap)
        world.at(later(world.assumed, world.now, gap), self._interrupt)

    async def _interrupt(self) -> None:
        world = self._world
        self._next()
        service = self._draws.one_of(tuple(SERVICES))
        team = SERVICES[service]
        in_support = on_call(self._start, team, world.now)
        body = wire_protection.RecordInterruption(
            person=self._draws.one_of([one for one in TEAMS[team] if one not in in_support]),
            source=self._draws.one_of(("chat", "in_person", "mail")),
            reason=self._draws.one_of(_REASONS),
            service=service,
        )
        await world.core.interruptions.record(body, in_support[0])


def _mode(start: datetime, place: int, size: int, at: datetime) -> tuple[wire_modes.Mode, datetime]:
    """The mode at an instant, and its end: support as secondary and then as primary, project work for the rest."""
    cycle = cycle_begins(start) + (place - 1) * _WEEK  # before it, they were on project work
    turns = (at - cycle) // (size * _WEEK)
    begins = cycle + turns * size * _WEEK
    if at < begins + _SUPPORT_WEEKS * _WEEK:
        return "support", begins + _SUPPORT_WEEKS * _WEEK
    return "project", begins + size * _WEEK


async def unless_over(act: Act) -> None:
    """Do it, unless it has been done or is too late: people are not always the first."""
    try:
        await act()
    except (Conflict, Invalid):
        return
