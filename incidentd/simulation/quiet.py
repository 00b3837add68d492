"""What the team does not want to hear: silences of what is known, and maintenance of a service."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from incidentd.simulation.duty import unless_over
from incidentd.simulation.noise import NAMES
from incidentd.simulation.rhythm import later
from incidentd.simulation.team import SERVICES, TEAMS
from incidentd.simulation.working_time import at_a_desk
from incidentd.simulation.world import World
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import silences as wire_silences

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_WHY = ("the part is ordered", "the limit is to be raised on Thursday", "it is known, and mended with the next release")
_WORK = ("the database gets a new version", "machines are replaced", "a certificate is renewed")
_URGENT = ("severity=critical",)
_RECURS = wire_quieting.Recurrence(every="sat 02:00-04:00", zone="UTC")


class Quiet:
    """Sets silences and plans maintenance, one after the other, and a maintenance of each Saturday once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._silences = world.draws.part("silences")
        self._windows = world.draws.part("maintenance")
        self._next_silence()
        self._next_window()
        world.at(at_a_desk(world.now + _DAY * world.assumed.backups_from_day, self._windows), self._recur)

    # ------------------------------------------------------------------ silences
    def _next_silence(self) -> None:
        world = self._world
        world.at(later(world.assumed, world.now, self._silences.duration(world.assumed.silence_gap)), self._silence)

    async def _silence(self) -> None:
        self._next_silence()
        world, draws = self._world, self._silences
        service = draws.one_of(tuple(SERVICES))
        person = draws.one_of(TEAMS[SERVICES[service]])
        lasts = draws.duration(world.assumed.silence_lasts) + _HOUR
        body = wire_silences.SetSilence(
            matchers=(f"alertname={draws.one_of(NAMES)}", f"service={service}"),
            ends_at=world.now + lasts,
            comment=draws.one_of(_WHY),
        )
        made = await world.core.silences.set(body, person)
        if draws.yes(world.assumed.silence_ended_early):
            act = partial(world.core.silences.expire, made.id, person)
            world.after(lasts * draws.between(0.2, 0.9), partial(unless_over, act))

    # ------------------------------------------------------------------ maintenance
    def _next_window(self) -> None:
        world = self._world
        gap = self._windows.duration(world.assumed.maintenance_gap)
        world.at(at_a_desk(world.now + gap, self._windows), self._plan)

    async def _plan(self) -> None:
        """Told a day ahead; alerts that are urgent page all the same in half of them."""
        self._next_window()
        world, draws = self._world, self._windows
        service = draws.one_of(tuple(SERVICES))
        person = draws.one_of(TEAMS[SERVICES[service]])
        starts_at = world.now + _DAY
        lasts = 2 * _HOUR * draws.between(0.5, 1.5)
        spared = _URGENT if draws.yes(0.5) else ()
        plan = wire_quieting.MaintenancePlan(services=(service,), text=draws.one_of(_WORK), spared=spared)
        body = wire_quieting.PlanMaintenance(plan=plan, starts_at=starts_at, ends_at=starts_at + lasts)
        made = await world.core.maintenance.plan(body, person)
        ends_early, takes_longer = world.assumed.maintenance_changes
        change = draws.one_of(("early", "longer", ""), (ends_early, takes_longer, 1 - ends_early - takes_longer))
        if change == "early":
            act = partial(world.core.maintenance.end, made.id, person)
            world.at(starts_at + lasts * 0.6, partial(unless_over, act))
        elif change == "longer":
            more = wire_quieting.ExtendMaintenance(by=_HOUR.total_seconds())
            act = partial(world.core.maintenance.extend, made.id, more, person)
            world.at(starts_at + lasts * 0.9, partial(unless_over, act))

    async def _recur(self) -> None:
        plan = wire_quieting.MaintenancePlan(services=("gateway",), text="backups are read back", spared=_URGENT)
        body = wire_quieting.SetRecurring(when=_RECURS, maintenance=plan)
        await self._world.core.recurring.set(body, TEAMS["platform"][0])
