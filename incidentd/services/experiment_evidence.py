"""What the figures say of an experiment, beside the question: compared before and after, with what else changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from incidentd.domain.experiments import Experiment, State, meanwhile
from incidentd.domain.process import Process
from incidentd.services.action_reminders import zone_of
from incidentd.services.errors import Refused
from incidentd.services.experiment_views import view
from incidentd.services.figure_scopes import Sides, around_experiment
from incidentd.storage import experiments
from incidentd.storage.store import Store
from incidentd.wire import experiments as wire
from incidentd.wire import figures as wire_figures
from incidentd.wire.figures import FigureScope


class Comparing(Protocol):
    """Compares a figure of two sides. With the same seed it says the same."""

    async def between(self, name: str, both: Sides, actor: str, seed: int) -> wire_figures.Compared: ...


class Evidences:
    """Reckoned at each look; of a decision, what was shown then is told with it."""

    def __init__(self, store: Store, process: Callable[[], Process], comparing: Comparing) -> None:
        self._store = store
        self._process = process
        self._comparing = comparing

    async def of(self, row: Experiment, actor: str) -> wire.ExperimentEvidence:
        """The figures before and since it began. Raises `Refused` before it has begun."""
        if row.state is State.PLANNED:
            raise Refused(f"{row.name} begins on {row.begins_on}", field="id", remedy="there is nothing to compare yet")
        now = self._store.clock.now()
        compare_with = around_experiment(row, FigureScope(), now, zone_of(self._process(), row.owner_team))
        shown, others = await self._store.read(lambda conn: (view(conn, row), experiments.every(conn)))

        async def compared(name: str) -> wire_figures.Compared:
            return await self._comparing.between(name, compare_with, actor, row.id)

        figure = await compared(row.figure)
        counter = await compared(row.counter_figure) if row.counter_figure else None
        differs = (*figure.also, *(counter.also if counter else ()))
        return wire.ExperimentEvidence(
            experiment=shown,
            figure=figure,
            counter=counter,
            at=now,
            also=(*dict.fromkeys(differs), *meanwhile(row, others)),
        )

    def told(self, shown: wire.ExperimentEvidence | None) -> Mapping[str, Any] | None:
        """What an event keeps of what was shown; None of what never ran."""
        if shown is None:
            return None
        evidence: dict[str, Any] = msgspec.to_builtins(shown)
        return {name: evidence[name] for name in ("figure", "counter", "at", "also")}
