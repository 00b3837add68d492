"""The team changes its process twice in the year: once with an effect, once without any."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from incidentd.simulation.team import read_files
from incidentd.simulation.world import World


class Changes:
    """Puts versions 2 and 3 of the process into force on their days."""

    def __init__(self, world: World, start: datetime) -> None:
        self._world = world
        self._start = start
        for version, day in enumerate(world.assumed.version_days, 2):
            world.at(start + timedelta(days=day), partial(self._change, version))

    async def _change(self, version: int) -> None:
        world = self._world
        world.version = version
        _, world.process = read_files(self._start, version)
        await world.core.recheck()
        await world.core.store.write(world.core.grouping.follow_configuration)
