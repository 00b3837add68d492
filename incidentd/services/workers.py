"""The loops that do what is due: routing, timers, expiry. Each loop is one task that never ends by an error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from incidentd.services.escalation import Handler
from incidentd.services.grouping import ROUTE_BATCH, Grouping
from incidentd.services.intake import Intake
from incidentd.storage import alerts, timers
from incidentd.storage.reach import Unreachable
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx, Wake

POLL_SECONDS = 1.0
"""How often a loop looks even when nobody woke it: another node may have left work."""
EXPIRY_GRACE = timedelta(minutes=2)
"""After a start, senders get so long to say what still fires. Prometheus sends again every minute."""
_ERROR_PAUSE = 1.0
_TIMER_BATCH = 64
_ROOM, _LEAST_ROOM, _MOST_ROOM = 4, 0.01, 0.1
"""How long routing waits while senders are busy: four times what its last batch took, within bounds in seconds."""
log = structlog.get_logger("incidentd.workers")


class Loop:
    """Runs `work` whenever woken, and every poll. `work` returns seconds until it wants to run again, or None."""

    def __init__(self, name: str, work: Callable[[], Awaitable[float | None]]) -> None:
        self.name = name
        self._work = work
        self._woken = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name=self.name)

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                pause = await self._work()
            except Unreachable:  # said once, by who notices
                pause = _ERROR_PAUSE
                await asyncio.sleep(pause)
            except Exception as error:  # the store may be away for a while; nothing due is lost
                log.error("worker_failed", worker=self.name, error=repr(error))
                pause = _ERROR_PAUSE
                await asyncio.sleep(pause)
            wait = POLL_SECONDS if pause is None else max(0.0, min(pause, POLL_SECONDS))
            try:
                await asyncio.wait_for(self._woken.wait(), wait)
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """Finish the present round, then end."""
        self._stopping = True
        self._woken.set()
        if self._task is not None:
            await self._task


def router_loop(store: Store, grouping: Grouping, busy: Callable[[], bool] = lambda: False) -> Loop:
    """Routes changed alerts right after their commit.

    While senders are `busy`, one after the other, routing takes a fifth of the time and whole batches, and leaves the
    rest to them: what is not acknowledged in time may be dropped by its sender, what is stored will be routed.
    """
    took = 0.0

    async def work() -> float | None:
        nonlocal took
        try:
            while True:
                if busy():
                    await asyncio.sleep(min(max(_ROOM * took, _LEAST_ROOM), _MOST_ROOM))
                began = time.monotonic()
                routed = await store.write(grouping.route_pending)
                took = time.monotonic() - began
                if routed < ROUTE_BATCH:  # it was the last: what came meanwhile has woken the loop again
                    return None
        except Exception as error:  # one alert that cannot be routed must not hold up the others
            log.error("routing_failed", error=repr(error))
            await route_singly()
        return None

    async def route_singly() -> None:
        for alert_id in await store.read(alerts.pending):
            try:
                await store.write(partial(grouping.route_one, alert_id))
            except Exception as error:  # it stays pending: health counts it, and it is tried again
                log.error("alert_not_routed", alert=alert_id, error=repr(error))

    loop = Loop("router", work)
    store.on_wake[Wake.ROUTER] = loop.wake
    return loop


def expiry_loop(store: Store, intake: Intake) -> Loop:
    """Ends alerts that were not sent again in time, in time that this daemon was there to hear of them."""

    started = store.clock.now()

    async def work() -> float | None:
        now = store.clock.now()
        due = await store.read(alerts.next_expiry)
        if due is not None and due <= now:
            await intake.expire(None if now >= started + EXPIRY_GRACE else started)
        return None

    return Loop("expiry", work)


def fire(tx: Tx, handlers: Mapping[str, Handler], timer_id: int) -> None:
    """Let a due timer act; nothing when it has acted or moved meanwhile."""
    timer = timers.take(tx, timer_id)
    if timer is not None:
        handlers[timer.kind](tx, timer)


def timer_loop(store: Store, handlers: Mapping[str, Handler]) -> Loop:
    """Fires due timers, each in the transaction that does its work."""

    async def fire_safely(timer_id: int) -> None:
        try:
            await store.write(lambda tx: fire(tx, handlers, timer_id))
        except Exception as error:  # one bad timer must not hold up the others
            text = repr(error)
            log.error("timer_failed", timer=timer_id, error=text)
            await store.write(lambda tx: timers.postpone(tx, timer_id, text))

    async def work() -> float | None:
        while due := await store.read(lambda conn: timers.due(conn, store.clock.now(), _TIMER_BATCH)):
            await asyncio.gather(*(fire_safely(timer_id) for timer_id in due))
        return seconds_until(await store.read(timers.next_due), store.clock.now())

    loop = Loop("timers", work)
    store.on_wake[Wake.TIMERS] = loop.wake
    return loop


def seconds_until(at: datetime | None, now: datetime) -> float | None:
    """Seconds from `now` to `at`; None when there is nothing to wait for."""
    return None if at is None else (at - now).total_seconds()
