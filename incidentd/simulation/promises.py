"""Updates of one incident: each promises when the next one comes, and is written in time or late."""

from __future__ import annotations

from datetime import datetime

from incidentd import wire
from incidentd.simulation.draws import Draws
from incidentd.simulation.world import World
from incidentd.wire import incidents as wire_incidents

_WORDS = (
    "We see errors and look at what changed",
    "We think that we know where it comes from and try a change",
    "The change runs on a part of the machines",
    "It gets better for some, we go on with the others",
    "We compare what still fails with what works again",
    "One more group of machines has the change",
)


class Promises:
    """Who writes, in which phase, and to whom: customers, or inside only."""

    def __init__(self, world: World, draws: Draws, incident: int, writer: str) -> None:
        self._world = world
        self._draws = draws
        self._incident = incident
        self.writer = writer
        self.phase = "investigating"
        self.customers = False
        self._count = 0
        self._over = False

    def begin(self, due: datetime | None, *, customers: bool) -> None:
        """Write the first update, which is `due` by the cadence of the process."""
        self.customers = customers
        self._plan(due)

    def _plan(self, due: datetime | None) -> None:
        world = self._world
        if due is None:
            return
        share = world.assumed.promise_kept[world.version - 1]
        if self._draws.yes(share):
            world.at(due - (due - world.now) * self._draws.between(0.02, 0.3), self._write)
        else:
            world.at(due + self._draws.duration(world.assumed.promise_late), self._write)

    async def _write(self) -> None:
        if self._over:
            return
        words = _WORDS[self._count % len(_WORDS)]
        written = await self._post(f"{words} ({self._count + 1}).", self.phase)
        self._count += 1
        if self.phase == "investigating":
            self.phase = "identified"
        self._plan(written.next_at)

    async def _post(self, text: str, phase: str, *, final: bool = False) -> wire.Update:
        audience = "customers" if self.customers else "internal"
        body = wire_incidents.PostUpdate(text=text, phase=phase, audience=audience, final=final)
        return await self._world.core.incidents.post_update(self._incident, body, self.writer)

    async def end(self, *, customers: bool) -> None:
        """The last word, to customers as well when any of them wrote."""
        self._over = True
        if customers and not self.customers and self._count:
            await self._post("It is over.", "resolved", final=True)
        self.customers = customers
        await self._post("It is over. We will tell what we learned.", "resolved", final=True)
