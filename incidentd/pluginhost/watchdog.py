"""The slow-loop watchdog: a thread that notices a stalled event loop and shows the code that holds it."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

import msgspec

STALL_SECONDS = 1.0
LONG_SECONDS = 5.0
"""A stall of that length may be the end of this run: service managers give a daemon half a minute."""
_TICK = 0.2
_OWN, _LENT = "incidentd", "incidentd.plugin."


class Held(msgspec.Struct, frozen=True):
    """A stall: the seconds that it lasts already, the plugin whose code holds the loop, "" for none, and the stack."""

    seconds: float
    plugin: str
    stack: str


def holder(modules: Iterator[str], owners: Mapping[str, str]) -> str:
    """The plugin that holds the loop, by the modules of the stack, the innermost first; "" for none.

    The first code that is a plugin's or the daemon's decides: libraries work for whoever called them. `owners` has
    plugins by their top-level module; what the daemon lends to plugins counts as a library.
    """
    for module in modules:
        top = module.partition(".")[0]
        if top in owners:
            return owners[top]
        if top == _OWN and not module.startswith(_LENT):
            return ""
    return ""


class LoopWatchdog:
    """Calls `on_stall` once for each stall, `on_long` once when it becomes a long one, `on_over` when that one ends.

    All are called from its own thread.
    """

    def __init__(
        self,
        on_stall: Callable[[Held], None],
        seconds: float = STALL_SECONDS,
        *,
        owners: Callable[[], Mapping[str, str]] = dict,
        on_long: Callable[[Held], None] = lambda _held: None,
        on_over: Callable[[], None] = lambda: None,
        long_seconds: float = LONG_SECONDS,
    ) -> None:
        self._told: Mapping[int, tuple[float, Callable[[Held], None]]] = {
            0: (seconds, on_stall),
            1: (long_seconds, on_long),
        }
        self._on_over = on_over
        self._owners = owners
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
        stage = 0
        while not self._stop.wait(_TICK):
            late = time.monotonic() - self._beat
            if late < self._told[0][0]:
                if stage > 1:
                    self._on_over()
                stage = 0
            while stage in self._told and late >= self._told[stage][0]:
                self._told[stage][1](self._held(late))
                stage += 1

    def _held(self, seconds: float) -> Held:
        frame = sys._current_frames().get(self._loop_thread)
        stack = "".join(traceback.format_stack(frame)[-12:]) if frame is not None else ""
        return Held(round(seconds, 1), holder(_modules(frame), self._owners()), stack)

    def stop(self) -> None:
        """End."""
        self._stop.set()
        if self._handle is not None:
            self._handle.cancel()


def _modules(frame: FrameType | None) -> Iterator[str]:
    """Of the innermost call first."""
    while frame is not None:
        yield str(frame.f_globals.get("__name__", ""))
        frame = frame.f_back
