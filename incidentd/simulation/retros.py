"""How the team works on its process: ideas all year, and a retro before each change, which becomes an experiment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from incidentd.simulation.draws import Draws
from incidentd.simulation.experiments import OF_RETRO, body_of
from incidentd.simulation.rhythm import later
from incidentd.simulation.team import REASONS, TEAMS
from incidentd.simulation.working_time import at_a_desk
from incidentd.simulation.world import World
from incidentd.wire import experiments as wire_experiments

_IDEAS = (
    "The reminder of an update comes when it is too late to write one",
    "Two of us rolled back the same release at once",
    "I could not see who leads without asking",
    "Support learned of the incident from a customer",
    "The review was on a day on which half of us were away",
    "Nobody knew which dashboard to trust",
)
_BEFORE = timedelta(days=9)
_MINUTE = timedelta(minutes=1)
_VOTES = 3
_PEOPLE = 4


class Retros:
    """Keeps ideas, and holds a retro some days before a version of the process is proposed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._draws = world.draws.part("retros")
        self._everybody = [one for team in TEAMS.values() for one in team]
        for version, day in enumerate(world.assumed.version_days, 2):
            at = world.now + max(timedelta(days=day) - _BEFORE, timedelta(days=1))
            begins = (world.now + timedelta(days=day)).date()
            world.at(at_a_desk(at, self._draws), Retro(world, self._draws.part(str(version)), version, begins).begin)
        self._next()

    def _next(self) -> None:
        world = self._world
        gap = self._draws.duration(world.assumed.idea_gap)
        world.at(later(world.assumed, world.now, gap), self._keep)

    async def _keep(self) -> None:
        self._next()
        person = self._draws.one_of(self._everybody)
        await self._world.core.retros.ideas.keep(_idea(self._world, self._draws), person)


def _idea(world: World, draws: Draws) -> wire_experiments.KeepIdea:
    anonymous = draws.yes(world.assumed.idea_anonymous)
    return wire_experiments.KeepIdea(text=draws.one_of(_IDEAS), anonymous=anonymous)


class Retro:
    """One process retro, of four people; what they try begins with the version."""

    def __init__(self, world: World, draws: Draws, version: int, begins: date) -> None:
        self._world = world
        self._draws = draws
        self._version = version
        self._begins = begins
        everybody = [one for team in TEAMS.values() for one in team]
        self._people = draws.several(everybody, _PEOPLE)
        self._retro = 0

    async def begin(self) -> None:
        """Look at the figures, then write ideas in silence."""
        made = await self._world.core.retros.retros.start(wire_experiments.StartRetro(), self._people[0])
        self._retro = made.retro.id
        for person in self._people[1:]:
            await self._world.core.retros.acts.take_part(self._retro, wire_experiments.TakePart(act="join"), person)
        self._world.after(10 * _MINUTE, self._write)

    async def _write(self) -> None:
        await self._drive("next")
        for person in self._people:
            await self._world.core.retros.topics.keep(self._retro, _idea(self._world, self._draws), person)
        self._world.after(10 * _MINUTE, self._vote)

    async def _vote(self) -> None:
        await self._drive("next")
        calls = self._world.core.retros
        topics = (await calls.retros.get(self._retro, self._people[0])).topics
        for person in self._people:
            for topic in self._draws.several(topics, _VOTES):
                await calls.topics.vote(self._retro, topic.id, wire_experiments.Vote(votes=1), person)
        self._world.after(5 * _MINUTE, self._talk)

    async def _talk(self) -> None:
        await self._drive("next")
        self._world.after(30 * _MINUTE, self._finish)

    async def _finish(self) -> None:
        await self._drive("next")
        reason, _ = REASONS[self._version]
        world = self._world
        tried = body_of(OF_RETRO[self._version], self._begins, world.assumed.experiment_lasts, retro=self._retro)
        await world.core.retros.experiments.start(tried, self._people[0])
        await self._drive("finish", f"We change the process, because {reason}")

    async def _drive(self, act: Literal["next", "finish"], outcome: str = "") -> None:
        body = wire_experiments.DriveRetro(act=act, outcome=outcome)
        await self._world.core.retros.acts.drive(self._retro, body, self._people[0], None)
