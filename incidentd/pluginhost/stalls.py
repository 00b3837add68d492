"""Plugins that held the event loop until the daemon was killed, remembered across runs.

A plugin that blocks the loop for ever cannot be stopped from inside. The service manager's watchdog kills the daemon
and starts it again, and then the same plugin would do the same, for ever. So a stall that lasts is written down while
it lasts; a start that finds one knows what its last run died of, and after `ENDS` such ends within `WITHIN` the plugin
is left out. A reload tries it again.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from incidentd.domain.own_alarms import OwnAlarm

ENDS = 2
WITHIN = timedelta(hours=1)
_KEPT = 20
_STACK = 4000
log = structlog.get_logger("incidentd.plugins")


class Stall(msgspec.Struct, frozen=True):
    """A plugin that held the loop; "" when no plugin was in it."""

    plugin: str
    at: datetime
    stack: str = ""


class Stalls(msgspec.Struct, frozen=True):
    """`present` is a stall that lasts; `ends` are those that runs ended in; `left_out` are plugins that do not run."""

    present: Stall | None = None
    ends: tuple[Stall, ...] = ()
    left_out: tuple[str, ...] = ()


def at_start(known: Stalls, now: datetime) -> Stalls:
    """What a new run makes of it: a stall that never ended is what the last run died of."""
    died_of = known.present
    if died_of is None or not died_of.plugin:
        return msgspec.structs.replace(known, present=None)
    ends = (*known.ends, msgspec.structs.replace(died_of, stack=""))[-_KEPT:]
    recent = sum(one.plugin == died_of.plugin and timedelta(0) <= now - one.at < WITHIN for one in ends)
    out = set(known.left_out) | ({died_of.plugin} if recent >= ENDS else set())
    return Stalls(present=None, ends=ends, left_out=tuple(sorted(out)))


class StallBook:
    """The file `<state_dir>/stalls.json`. What cannot be read or written is logged: a daemon starts without it."""

    def __init__(self, state_dir: Path) -> None:
        self._file = state_dir / "stalls.json"
        self._known = Stalls()

    def open(self, now: datetime) -> None:
        """Begin a run."""
        try:
            self._known = msgspec.json.decode(self._file.read_bytes(), type=Stalls)
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError) as error:
            log.error("stalls_unreadable", file=str(self._file), error=repr(error))
            return
        if self._known.present is not None:
            log.error("last_run_ended_in_a_stall", plugin=self._known.present.plugin, stack=self._known.present.stack)
        self._keep(at_start(self._known, now))
        for plugin in self.left_out:
            log.error("plugin_left_out", plugin=plugin, remedy="mend or update it, then reload")

    @property
    def left_out(self) -> tuple[str, ...]:
        """The plugins that must not run."""
        return self._known.left_out

    def begins(self, stall: Stall) -> None:
        """A stall lasts: it may be what this run dies of. Called from the watchdog's thread."""
        self._keep(msgspec.structs.replace(self._known, present=_short(stall)))

    def over(self) -> None:
        """The loop goes on."""
        self._keep(msgspec.structs.replace(self._known, present=None))

    def forgive(self) -> None:
        """Let every plugin run again. The next end leaves it out at once, if it comes soon."""
        if self._known.left_out:
            self._keep(msgspec.structs.replace(self._known, left_out=()))

    def problems(self) -> list[OwnAlarm]:
        """Each plugin that is left out."""
        return [
            OwnAlarm(
                "plugin-left-out",
                f"plugin {plugin} is LEFT OUT: {ENDS} runs or more ended while it held the event loop; what is "
                "configured with it does not work: mend, update or disable it, then reload to try it again",
            )
            for plugin in self.left_out
        ]

    def _keep(self, stalls: Stalls) -> None:
        if stalls == self._known:
            return
        self._known = stalls
        draft = self._file.with_suffix(".new")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(msgspec.json.encode(stalls))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._file)
        except OSError as error:
            log.error("stalls_not_kept", file=str(self._file), error=repr(error))


def _short(stall: Stall) -> Stall:
    return msgspec.structs.replace(stall, stack=stall.stack[-_STACK:])
