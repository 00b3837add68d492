"""The slow-loop watchdog: a thread that notices a stalled event loop and shows the code that holds it."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import Callable

STALL_SECONDS = 1.0
_TICK = 0.2


class LoopWatchdog:
    """Calls `on_stall(seconds, stack)` once for each stall, from its own thread."""

    def __init__(self, on_stall: Callable[[float, str], None], seconds: float = STALL_SECONDS) -> None:
        self._on_stall = on_stall
        self._seconds = seconds
        self._beat = time.monotonic()
        self._stop = threading.Event()
        self._handle: asyncio.TimerHandle | None = None
        self._loop_thread = 0

    def start(self) -> None:
        """Watch the running loop."""
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self._tick()
        threading.Thread(target=self._watch, daemon=True, name="loop-watchdog").start()

    def _tick(self) -> None:
        self._beat = time.monotonic()
        self._handle = self._loop.call_later(_TICK, self._tick)

    def _watch(self) -> None:
        told = False
        while not self._stop.wait(_TICK):
            late = time.monotonic() - self._beat
            if late < self._seconds:
                told = False
            elif not told:
                told = True
                self._on_stall(late, self._stack())

    def _stack(self) -> str:
        frame = sys._current_frames().get(self._loop_thread)
        return "".join(traceback.format_stack(frame)[-12:]) if frame is not None else ""

    def stop(self) -> None:
        """End."""
        self._stop.set()
        if self._handle is not None:
            self._handle.cancel()
