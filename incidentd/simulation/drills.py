"""Drills: a few times in the year people of a team practise, with a scenario of their own."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from incidentd.domain.severity import Severity
from incidentd.simulation.faults import ANSWERS
from incidentd.simulation.team import SERVICES, TEAMS
from incidentd.simulation.working_time import at_a_desk
from incidentd.simulation.world import World
from incidentd.wire import drills as wire_drills
from incidentd.wire import incidents as wire_incidents

SCENARIO = """
title = "The disk of {service} fills"
day = 2025-01-01
customers = "end_user"
service = "{service}"
severity = "SEV2"
severity_reason = "writes fail"

[[event]]
at = "10:00"
kind = "alert"
text = "A disk of {service} is full"
labels = {{ alertname = "DiskFull", severity = "critical", service = "{service}" }}

[[event]]
at = "10:06"
kind = "alert"
text = "{service} cannot write"
labels = {{ alertname = "WritesFail", severity = "critical", service = "{service}" }}

[[event]]
at = "10:12"
kind = "observation"
text = "The log of yesterday was not rotated"

[[event]]
at = "10:40"
kind = "mitigation"
text = "The log is rotated"
"""
_PEOPLE = 3
_DECLARED_AFTER = timedelta(minutes=8)


class Drills:
    """Starts one on each of its days; one team after the other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._draws = world.draws.part("drills")
        for turn, day in enumerate(world.assumed.drill_days):
            at = at_a_desk(world.now + timedelta(days=day), self._draws)
            world.at(at, partial(self._start, tuple(SERVICES)[turn % len(SERVICES)]))

    async def _start(self, service: str) -> None:
        people = self._draws.several(TEAMS[SERVICES[service]], _PEOPLE)
        body = wire_drills.StartDrill(people=tuple(people), scenario=SCENARIO.format(service=service))
        made = await self._world.core.drills.start(body, people[0])
        self._world.after(_DECLARED_AFTER, partial(self._declare, made.id, service, people[0]))

    async def _declare(self, drill: int, service: str, person: str) -> None:
        """As in earnest: the incident is one of the drill, by its alerts."""
        alerts = (await self._world.core.drills.get(drill)).alert_ids
        if not alerts:  # a real page came first, and the drill waits
            return
        body = wire_incidents.DeclareIncident(
            title=f"The disk of {service} fills", answers=ANSWERS[Severity.SEV2], service=service, alert_ids=alerts
        )
        await self._world.core.incidents.declare(body, person)
