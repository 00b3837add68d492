"""People who are paged: they answer after a while, or do not hear it and the next step is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from incidentd import wire
from incidentd.services.errors import Conflict
from incidentd.simulation.world import Told, World, data, number

_DAY = range(7, 23)
_SETTLED = ("page.acknowledged", "page.resolved")
_GIVEN_UP = timedelta(minutes=30)
Taken = Callable[[wire.Page], None]


class Pagers:
    """Answers pages. `taken` hears of each that somebody took."""

    def __init__(self, world: World, taken: Taken) -> None:
        self._world = world
        self._taken = taken
        self._draws = world.draws.part("pages")
        self._waiting: dict[int, str] = {}  # open pages, and their urgency
        world.hear["page.started"] = self._started
        world.hear["page.step"] = self._asked
        world.hear["page.exhausted"] = self._exhausted
        for kind in _SETTLED:
            world.hear[kind] = self._settled

    def _started(self, event: Told) -> None:
        self._waiting[number(event)] = str(data(event)["urgency"])

    def _settled(self, event: Told) -> None:
        self._waiting.pop(number(event), None)

    def _asked(self, event: Told) -> None:
        page, world = number(event), self._world
        people = data(event)["people"]
        assert isinstance(people, list | tuple)
        for person in people:
            share, wait = self._habits(world.now, self._waiting.get(page, "high"))
            if self._draws.yes(share):
                world.after(self._draws.duration(wait), partial(self._answer, page, person))

    def _habits(self, at: datetime, urgency: str) -> tuple[float, timedelta]:
        assumed = self._world.assumed
        if urgency == "low":
            return 1.0, assumed.answer_low
        if at.hour in _DAY:
            return assumed.answers_by_day, assumed.answer_by_day
        return assumed.answers_by_night, assumed.answer_by_night

    def _exhausted(self, event: Told) -> None:
        """Somebody sees it later, all the same."""
        page, draws = number(event), self._draws
        team = draws.one_of(tuple(self._world.roster.teams.values()))
        person = draws.one_of(team.members)
        self._world.after(draws.duration(_GIVEN_UP), partial(self._answer, page, person))

    async def _answer(self, page: int, person: str) -> None:
        if page not in self._waiting:
            return
        via = self._draws.one_of(("link", "api"))
        try:
            taken = await self._world.core.pages.acknowledge(page, person, via=via)
        except Conflict:  # the source ended it at this very instant
            return
        self._taken(taken)
