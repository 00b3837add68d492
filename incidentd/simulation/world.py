"""The world that a simulation happens in: the services, their virtual time, and an agenda of what people will do."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec
from sqlalchemy import Connection

from incidentd.core import Core
from incidentd.simulation.assumptions import Assumptions
from incidentd.simulation.draws import Draws
from incidentd.simulation.team import read_files
from incidentd.storage.engines import MemoryBackend
from incidentd.storage.store import Store
from incidentd.storage.tx import NewEvent, Tx, Wake
from incidentd.virtual_time import Nowhere, VirtualClock, VirtualTime
from incidentd.wire import Event

Act = Callable[[], Awaitable[object]]
Told = NewEvent | Event
"""What happened, as the services tell it."""
_SECOND = timedelta(seconds=1)


class World:
    """Owns the present. Acts on the agenda call the services as the socket API does; `hear` lists who listens."""

    def __init__(self, backend: MemoryBackend, start: datetime, seed: int, assumed: Assumptions) -> None:
        self.assumed = assumed
        self.draws = Draws(str(seed), assumed.deviation)
        self.roster, process, source = read_files(start)
        self.version = 1  # of the process
        self.hear: dict[str, Callable[[Told], None]] = {}
        self._backend = backend
        self._clock = VirtualClock(start)
        self.core = Core(
            Store(backend, self._clock),
            process=lambda: process,
            roster=lambda: self.roster,
            sender=Nowhere(),
            public_url=lambda: "",
            node="simulation",
            source=lambda: source,
        )
        self.core.silences.new_id = self.draws.part("silence ids").uuid
        self._agenda: list[tuple[datetime, int, Act]] = []
        self._turn = itertools.count()
        self._woken: set[Wake] = set()
        self.core.store.on_wake = {one: partial(self._woken.add, one) for one in Wake}
        self.core.store.on_commit.append(self._heard)

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self._clock.now()

    def at(self, when: datetime, act: Act) -> None:
        """Let `act` happen then, at a whole second; at once when that has passed."""
        heapq.heappush(self._agenda, (max(_whole(when), self.now), next(self._turn), act))

    def after(self, wait: timedelta, act: Act) -> None:
        """Let `act` happen so long after now."""
        self.at(self.now + wait, act)

    async def live(self, until: datetime) -> None:
        """Live until then: what is due happens at its time, by itself or by somebody."""
        with self._backend.connect() as conn:
            await self._live(conn, until)

    async def _live(self, conn: Connection, until: datetime) -> None:
        time = VirtualTime(self.core, conn, self._clock, self._heard)
        self._follow(time)
        while True:
            ahead = min(self._agenda[0][0], until) if self._agenda else until
            if time.jump(ahead):
                continue
            if not self._agenda or self._agenda[0][0] > until:
                return
            _, _, act = heapq.heappop(self._agenda)
            await act()
            self._follow(time)

    def _follow(self, time: VirtualTime) -> None:
        """What an act woke happens at once."""
        woken, self._woken = set(self._woken), self._woken
        self._woken.clear()
        time.act(lambda tx: _wake(tx, woken))

    def _heard(self, events: Sequence[Told]) -> None:
        for event in events:
            if listener := self.hear.get(event.kind):
                listener(event)


def _whole(at: datetime) -> datetime:
    return at if not at.microsecond else at.replace(microsecond=0) + _SECOND


def _wake(tx: Tx, who: set[Wake]) -> None:
    for one in who:
        tx.wake(one)


def number(event: Told) -> int:
    """The id in an event's subject."""
    return int(event.subject.rpartition(":")[2])


def data(event: Told) -> Mapping[str, object]:
    """What an event tells, as a reader of the log gets it."""
    plain: Mapping[str, object] = msgspec.to_builtins(event.data)
    return plain
