"""Watching the machine's clock: a step is told, and one that goes back makes nobody wait longer for a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from incidentd.clock import SystemClock
from incidentd.domain import clock_steps
from incidentd.domain.clock_steps import Reading
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.services.workers import Loop
from incidentd.storage import clock_shift
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx

STEPPED = "daemon.clock_stepped"
log = structlog.get_logger("incidentd")


def steady_clock() -> timedelta:
    """Since the machine was started, its sleep included."""
    return timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))


class ClockWatch:
    """Compares the wall clock with one that nobody sets, every second.

    On PostgreSQL other nodes may have clocks that were right all the time, and act by them: there a step is told, and
    nothing is moved.
    """

    def __init__(self, store: Store, steady: Callable[[], timedelta] = steady_clock) -> None:
        self._store = store
        self._steady = steady
        self._last: Reading | None = None
        self._seen: tuple[timedelta, datetime, timedelta] | None = None  # steady, wall, by how much
        self.loop = Loop("clock", self.work)

    async def start(self) -> None:
        """What was set back while the daemon was away, as far as what is stored tells."""
        if not isinstance(self._store.clock, SystemClock):  # a clock that is made to jump
            return
        newest = await self._store.read(clock_shift.newest)
        by = clock_steps.set_back_while_away(newest, self._store.clock.now())
        if by:
            await self.stepped(by)
        self._last = self._read()

    async def work(self) -> float | None:
        """One look."""
        if self._last is None:
            return None
        before, self._last = self._last, self._read()
        by = clock_steps.step_between(before, self._last)
        if by:
            await self.stepped(by)
        return None

    def _read(self) -> Reading:
        return Reading(self._store.clock.now(), self._steady())

    async def stepped(self, by: timedelta) -> None:
        """The clock was set by `by`."""
        self._seen = (self._steady(), self._store.clock.now(), by)
        log.warning("clock_stepped", seconds=by.total_seconds())
        await self._store.write(lambda tx: self._follow(tx, by))

    def _follow(self, tx: Tx, by: timedelta) -> None:
        alone = self._store.engine == "sqlite"
        timers, messages = clock_shift.move(tx, -by, clock_steps.WAITS) if alone and by < timedelta(0) else (0, 0)
        tx.emit(STEPPED, "daemon:0", {"seconds": by.total_seconds(), "timers": timers, "messages": messages})

    def problems(self) -> list[OwnAlarm]:
        """A step within the last hour."""
        if self._seen is None or self._steady() - self._seen[0] > clock_steps.SHOWN:
            return []
        return [clock_steps.alarm(*self._seen[1:])]
