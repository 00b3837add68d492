"""The figures of an experiment, by the catalogue of figures."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection

from msgspec.structs import replace

from incidentd.domain.figures import catalogue
from incidentd.services.figure_scopes import Sides, sort_named
from incidentd.services.figures import Figures, compared_in
from incidentd.wire import figures as wire_figures


def known_figures() -> Collection[str]:
    """The names of all that one can look at."""
    return catalogue.NAMES


class FigureComparing:
    """Implements `experiment_evidence.Comparing`."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    async def between(self, name: str, both: Sides, actor: str, seed: int) -> wire_figures.Compared:
        """Off the event loop: a bootstrap takes a while. Raises `NotFound` for a figure that is no longer known."""
        sort = sort_named(name)
        facts = await self._figures.facts(sort.reads | {catalogue.INCIDENTS}, actor)
        whole = replace(both.before[1], until=both.after[1].until)
        chance = random.Random(seed)  # draws of a bootstrap are no secret
        return await asyncio.to_thread(compared_in, facts, name, whole, both, chance)
