"""Plugins that watch the event log: called one event at a time on a thread, from a bounded queue of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import structlog

from incidentd.plugin.own_threads import on_own_thread
from incidentd.plugin.values import Event
from incidentd.pluginhost.contained import contained
from incidentd.pluginhost.discovery import Observer
from incidentd.pluginhost.vitals import Vitals

_QUEUE = 10_000
_CALL_SECONDS = 5.0
log = structlog.get_logger("incidentd.plugins")


class RunningObserver:
    """One plugin's `incidentd_on_event`. A slow one loses the oldest events, a hanging one is cut off."""

    def __init__(self, observer: Observer, vitals: Vitals) -> None:
        self._observer = observer
        self.vitals = vitals
        self._queue: asyncio.Queue[Event] = asyncio.Queue(_QUEUE)
        self._task: asyncio.Task[None] | None = None
        self._thread = f"observer-{vitals.instance}"

    def start(self) -> None:
        """Begin to call it."""
        self._task = asyncio.create_task(self._run(), name=f"observer-{self.vitals.instance}")

    def offer(self, events: Sequence[Event]) -> None:
        """Queue events; when the queue is full the oldest go."""
        for event in events:
            if self._queue.full():
                self._queue.get_nowait()
                self.vitals.note(f"is too slow: events were dropped (the queue holds {_QUEUE})")
            self._queue.put_nowait(event)

    async def _run(self) -> None:
        while True:
            event = await self._queue.get()
            try:
                async with asyncio.timeout(_CALL_SECONDS):
                    await contained(on_own_thread(partial(self._observer, event=event), self._thread))
            except TimeoutError:
                # The thread cannot be stopped; one more call would only add another.
                self.vitals.dead("failed", f"incidentd_on_event took longer than {_CALL_SECONDS:g} s and was cut off")
                log.error("observer_cut_off", plugin=self.vitals.instance)
                return
            except Exception as error:
                self.vitals.failed("incidentd_on_event", error)
            else:
                self.vitals.succeeded()

    async def close(self) -> None:
        """Stop calling it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
