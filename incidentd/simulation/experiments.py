"""What the team tries: experiments that come out of its retros and between them, and what it says at their ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Literal

import msgspec

from incidentd.domain.chance import RARE
from incidentd.simulation.draws import Draws
from incidentd.simulation.team import TEAMS
from incidentd.simulation.working_time import at_a_desk
from incidentd.simulation.world import Told, World, number
from incidentd.wire import experiments as wire_experiments
from incidentd.wire.figures import Compared

_DAY = timedelta(days=1)
_LEAST_BEFORE, _MOST_BEFORE = 7, 90  # days


Said = tuple[wire_experiments.Verdict, str]
"""An answer, and why."""


class Idea(msgspec.Struct, frozen=True, kw_only=True):
    """Something to try, with the figure that it will be looked at by and the one that must not get worse."""

    title: str
    hypothesis: str
    figure: str
    expects: Literal["up", "down"]
    counter: str
    stop_rule: str
    team: str = ""  # "": both


OF_RETRO: Mapping[int, Idea] = {
    2: Idea(
        title="Reminders of updates come earlier",
        hypothesis="updates are late because three minutes are too short to write one",
        figure="update-promises-kept",
        expects="up",
        counter="updates-without-news",
        stop_rule="five updates without news in one week",
    ),
    3: Idea(
        title="A checklist for who leads the mitigation",
        hypothesis="it takes long because the first minutes are a blur",
        figure="time-to-mitigate",
        expects="down",
        counter="role-gap-minutes",
        stop_rule="a lead says that ticking boxes was in the way",
    ),
}
"""By the version of the process that is tried with it."""
BETWEEN: Sequence[Idea] = (
    Idea(
        title="Alerts of the cache are looked at each Monday",
        hypothesis="many pages come from limits that nobody has looked at since",
        figure="actionable-pages",
        expects="up",
        counter="noticed-by-customers",
        stop_rule="customers notice two incidents of search first in one week",
        team="shop",
    ),
    Idea(
        title="Questions go to the room of support and to nobody in person",
        hypothesis="people ask whom they know, because they do not see who is in support",
        figure="leak-free-project-days",
        expects="up",
        counter="first-responses-kept",
        stop_rule="three customers wait for longer than was said in one week",
        team="platform",
    ),
    Idea(
        title="Who leaves the duty writes the handover on Thursday",
        hypothesis="on the last day there is no time to write one",
        figure="handovers-in-time",
        expects="up",
        counter="absorption",
        stop_rule="two handovers lack what came on Friday",
        team="shop",
    ),
    Idea(
        title="Two people classify each incident",
        hypothesis="one alone takes the first severity that comes to mind",
        figure="first-severity-held",
        expects="up",
        counter="page-to-acknowledgement",
        stop_rule="a severe incident waits for its second person",
    ),
)
"""One after the other, then from the beginning."""


def body_of(
    idea: Idea, begins: date, lasts: timedelta, *, retro: int | None = None, adapts: int | None = None
) -> wire_experiments.StartExperiment:
    """How it is written down beforehand; it is compared with as long a time before, as far as that goes."""
    return wire_experiments.StartExperiment(
        title=idea.title,
        hypothesis=idea.hypothesis,
        figure=idea.figure,
        expects=idea.expects,
        counter_figure=idea.counter,
        stop_rule=idea.stop_rule,
        team=idea.team,
        owner_team=idea.team or next(iter(TEAMS)),
        begins_on=begins,
        ends_on=begins + lasts,
        before_days=min(max(lasts.days, _LEAST_BEFORE), _MOST_BEFORE),
        retro_id=retro,
        adapts=adapts,
    )


def answer(figure: Compared, expects: str, draws: Draws) -> Said:
    """What people say at the end, and why: what can be told counts; where it cannot, they mostly say so."""
    if figure.by_chance is None or figure.change is None or figure.by_chance >= RARE:
        return draws.one_of(UNTOLD, (0.6, 0.2, 0.2))
    if (figure.change > 0) == (expects == "up"):
        return "keep", "it went as we expected, and chance alone rarely does as much"
    return "drop", "it went the other way"


UNTOLD: Sequence[Said] = (
    ("cannot_tell", "the figure says nothing either way"),
    ("adapt", "too short to see anything: once more, for longer"),
    ("drop", "nobody kept it up, and the figure says nothing"),
)
_STOPPED: Said = ("drop", "its stop rule came true")


class Experiments:
    """Writes the experiments between retros, stops some, and answers the question at the end of each."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._draws = world.draws.part("experiments")
        self._count = 0
        self._stopped: set[int] = set()
        self._answering: set[int] = set()
        world.hear["experiment.began"] = self._began
        world.hear["experiment.asks"] = self._asked
        self._next()

    def _next(self) -> None:
        world = self._world
        gap = world.assumed.experiment_gap * self._draws.between(0.6, 1.4)
        world.at(at_a_desk(world.now + gap, self._draws), self._try)

    async def _try(self) -> None:
        self._next()
        idea = BETWEEN[self._count % len(BETWEEN)]
        self._count += 1
        await self._write(idea)

    async def _write(self, idea: Idea, lasts: timedelta | None = None, adapts: int | None = None) -> None:
        world = self._world
        body = body_of(idea, world.now.date() + _DAY, lasts or world.assumed.experiment_lasts, adapts=adapts)
        await world.core.retros.experiments.start(body, self._owner(body.owner_team))

    def _owner(self, team: str) -> str:
        return TEAMS[team][0]

    # ------------------------------------------------------------------ its time
    def _began(self, event: Told) -> None:
        world, draws = self._world, self._draws
        if draws.yes(world.assumed.experiment_stopped):
            after = world.assumed.experiment_lasts * draws.between(0.3, 0.8)
            world.at(at_a_desk(world.now + after, draws), partial(self._stop, number(event)))

    async def _stop(self, experiment: int) -> None:
        calls = self._world.core.retros.experiments
        found = await calls.get(experiment)
        if found.state != "running":
            return
        self._stopped.add(experiment)
        body = wire_experiments.EndExperiment(verdict="stop", why=f"it came true: {found.stop_rule}")
        await calls.end(experiment, body, self._owner(found.owner_team), None)

    # ------------------------------------------------------------------ the question
    def _asked(self, event: Told) -> None:
        """It is asked each week until somebody answers; people take some days."""
        experiment, world = number(event), self._world
        if experiment not in self._answering:
            self._answering.add(experiment)
            wait = self._draws.duration(2 * _DAY)
            world.at(at_a_desk(world.now + wait, self._draws), partial(self._decide, experiment))

    async def _decide(self, experiment: int) -> None:
        calls = self._world.core.retros.experiments
        found = await calls.get(experiment)
        by = self._owner(found.owner_team)
        said = _STOPPED
        if experiment not in self._stopped:
            shown = await calls.evidence(experiment, by)
            said = answer(shown.figure, found.expects, self._draws)
        verdict, why = said
        await calls.end(experiment, wire_experiments.EndExperiment(verdict=verdict, why=why), by, None)
        if verdict == "adapt":
            idea = next(one for one in (*BETWEEN, *OF_RETRO.values()) if one.title == found.title)
            await self._write(idea, 2 * self._world.assumed.experiment_lasts, experiment)
