"""Who holds the event loop: told in the log and in the plugin's health, and kept for the next run when it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import structlog

from incidentd.clock import Clock
from incidentd.pluginhost.host import PluginHost
from incidentd.pluginhost.stalls import Stall, StallBook
from incidentd.pluginhost.watchdog import Held, LoopWatchdog

log = structlog.get_logger("incidentd")


class StallWatch:
    """The watchdog of one run, and the book of the runs before it. `book` is open once `begin` was called."""

    def __init__(self, state_dir: Path, clock: Clock) -> None:
        self.book = StallBook(state_dir)
        self._clock = clock
        self._host: PluginHost | None = None
        self._watchdog = LoopWatchdog(
            self._on_stall, owners=self._owners, on_long=self._on_long_stall, on_over=self.book.over
        )

    def begin(self) -> None:
        """Read what earlier runs ended in."""
        self.book.open(self._clock.now())

    def start(self, host: PluginHost) -> None:
        """Watch from here on: what `host` loads may hold the loop at once."""
        self._host = host
        self._watchdog.start()

    def stop(self) -> None:
        """End."""
        self._watchdog.stop()

    def _owners(self) -> Mapping[str, str]:
        return self._host.modules() if self._host is not None else {}

    def _on_stall(self, held: Held) -> None:
        log.error("event_loop_stalled", seconds=held.seconds, plugin=held.plugin, stack=held.stack)
        if held.plugin and self._host is not None:
            self._host.blame(held.plugin, f"it held up the whole daemon at {self._clock.now():%Y-%m-%d %H:%M:%S} UTC")

    def _on_long_stall(self, held: Held) -> None:
        self.book.begins(Stall(held.plugin, self._clock.now(), held.stack))
