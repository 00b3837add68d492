"""The monthly letter: a timer says that one is due, and a loop of the daemon sends it, which virtual time has not."""

from __future__ import annotations

from datetime import timedelta

from incidentd.domain.letter import next_at
from incidentd.simulation.world import World

_AT_ONCE = timedelta(minutes=1)


class Letters:
    """Sends what is due, a minute after it is."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.after(timedelta(0), self._plan)

    async def _plan(self) -> None:
        settings = self._world.core.process().letter
        if settings is not None:
            self._world.at(next_at(settings, self._world.now) + _AT_ONCE, self._send)

    async def _send(self) -> None:
        await self._plan()
        await self._world.core.evolution.letters.work()
