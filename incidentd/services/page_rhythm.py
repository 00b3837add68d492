"""When pages come, and what weeks ask of a team: for the pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from zoneinfo import available_timezones

from incidentd.domain.figures import catalogue
from incidentd.domain.figures.facts import Facts
from incidentd.domain.figures.load import LOAD, RHYTHM, hours, weeks_of
from incidentd.domain.people import Roster
from incidentd.domain.protection import week_bounds
from incidentd.services.errors import Invalid
from incidentd.services.figure_scopes import scope_of
from incidentd.services.figure_teams import zone_of
from incidentd.services.figures import Figures
from incidentd.services.insight_contracts import ScopeQuery
from incidentd.services.modes import check_team
from incidentd.wire import figures as wire_figures

_PAGES = (catalogue.INCIDENTS, catalogue.PAGES)
_ALL = (*_PAGES, catalogue.TEAMS)


class PageRhythm:
    """Implements `insight_contracts.RhythmCalls`."""

    def __init__(self, figures: Figures, roster: Callable[[], Roster]) -> None:
        self._figures = figures
        self._roster = roster

    async def rhythm(self, scope: ScopeQuery, zone: str) -> wire_figures.Rhythm:
        """Pages by weekday and hour on the wall clock of a zone. Raises `Invalid`."""
        roster = self._roster()
        if zone and zone not in available_timezones():
            raise Invalid(f"{zone!r} is no time zone", field="zone", remedy="write one such as Europe/Berlin")
        facts = await self._figures.facts(_PAGES)
        wanted, shown = scope_of(scope, facts, roster), zone or zone_of(roster, scope.team)

        def tell() -> wire_figures.Rhythm:
            counts = hours(facts, wanted, shown)
            return wire_figures.Rhythm(
                at=facts.now, scope=wanted, zone=shown, n=sum(map(sum, counts)), counts=counts, definition=RHYTHM
            )

        return await asyncio.to_thread(tell)

    async def load(self, team: str, weeks: int) -> wire_figures.Load:
        """What each of the last weeks asked of a team, this one among them. Raises `NotFound`."""
        roster = self._roster()
        check_team(roster, team)
        facts = await self._figures.facts(_ALL)
        zone = zone_of(roster, team)
        bounds = week_bounds(facts.now, weeks, zone)
        told = await asyncio.to_thread(_weeks, facts, team, bounds, zone)
        return wire_figures.Load(at=facts.now, team=team, zone=zone, weeks=told, definitions=LOAD)


def _weeks(facts: Facts, team: str, bounds: Sequence[datetime], zone: str) -> tuple[wire_figures.LoadWeek, ...]:
    return weeks_of(facts, team, list(pairwise(bounds)), zone)
