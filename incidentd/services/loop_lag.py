"""How late the event loop is."""

from __future__ import annotations

import asyncio
import time


class LoopLag:
    """How late the event loop runs its timers: the worst of the last ten looks, in milliseconds."""

    _EVERY = 0.25

    def __init__(self) -> None:
        self._recent = [0.0] * 10
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to measure."""
        self._task = asyncio.create_task(self._measure(), name="loop-lag")

    async def _measure(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(self._EVERY)
            late = time.monotonic() - before - self._EVERY
            self._recent = [*self._recent[1:], max(late, 0.0)]

    @property
    def milliseconds(self) -> float:
        """The worst recent delay."""
        return max(self._recent) * 1000

    def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
