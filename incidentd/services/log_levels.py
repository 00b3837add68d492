"""How much is logged, changed while the daemon runs: each change ends by itself, and survives no restart."""

from __future__ import annotations

import asyncio
import difflib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from incidentd.clock import Clock
from incidentd.domain.alarm_kinds import alarms
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.services.errors import Unknown
from incidentd.wire import upkeep as wire

OWN = (
    "incidentd", "incidentd.api", "incidentd.backups", "incidentd.delivery", "incidentd.heartbeat", "incidentd.ingress",
    "incidentd.metrics", "incidentd.plugins", "incidentd.presence", "incidentd.replays", "incidentd.retention",
    "incidentd.spool", "incidentd.storage", "incidentd.store", "incidentd.workers",
)  # fmt: skip
"""The loggers of incidentd (a test compares): logging knows one only once it has said something."""
Tell = Callable[[str, dict[str, object], str], Awaitable[None]]
log = structlog.get_logger("incidentd")


class LogLevels:
    """`tell` writes an event of the daemon. It has no timer row: a restart forgets the change and its end alike."""

    def __init__(self, clock: Clock, configured: str, tell: Tell) -> None:
        self._clock = clock
        self._configured = configured
        self._tell = tell
        self._changed: dict[str, wire.ChangedLevel] = {}
        self._before: dict[str, int] = {}
        self._ends: dict[str, asyncio.Task[None]] = {}

    def now(self) -> wire.LogLevel:
        """What is logged now."""
        return wire.LogLevel(
            level=self._changed[""].level if "" in self._changed else self._configured,
            configured=self._configured,
            changed=tuple(self._changed[name] for name in sorted(self._changed)),
        )

    async def set(self, body: wire.SetLogLevel, actor: str) -> wire.LogLevel:
        """Log so much for a while; without a level go back at once. Raises `Invalid` for a logger that there is not."""
        name = body.logger or ""
        _check(name)
        if body.level is None:
            await self._back(name, actor)
            return self.now()
        data = {"logger": name, "level": body.level, "seconds": body.seconds}
        await self._tell("log.level_set", data, actor)
        self._before.setdefault(name, logging.getLogger(name or None).level)
        logging.getLogger(name or None).setLevel(body.level.upper())
        until = self._clock.now() + timedelta(seconds=body.seconds)
        self._changed[name] = wire.ChangedLevel(logger=name, level=body.level, by=actor, until=until)
        self._cancel(name)
        self._ends[name] = asyncio.create_task(self._end(name, body.seconds), name="log-level")
        log.warning(
            "log_level_set", by=actor, **{key: value for key, value in data.items() if key != "level"}, to=body.level
        )
        return self.now()

    async def _end(self, name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._ends.pop(name, None)
        try:
            await self._back(name, "system")
        except Exception as error:  # it is back in any case; that it is told can wait for no store
            log.error("log_level_untold", error=repr(error))

    async def _back(self, name: str, actor: str) -> None:
        if self._changed.pop(name, None) is None:
            return
        self._cancel(name)
        logging.getLogger(name or None).setLevel(self._before.pop(name) if name else self._configured.upper())
        log.warning("log_level_restored", by=actor, logger_name=name)
        await self._tell("log.level_restored", {"logger": name}, actor)

    def _cancel(self, name: str) -> None:
        task = self._ends.pop(name, None)
        if task is not None:
            task.cancel()

    def reconfigured(self, level: str) -> None:
        """What the files say now; it counts at once unless somebody has set another for a while."""
        if level != self._configured:
            self._configured = level
            if "" not in self._changed:
                logging.getLogger().setLevel(level.upper())

    def problems(self) -> list[OwnAlarm]:
        """That everything is logged fills disks, and shows what else stays inside."""
        text = "log_level is debug for {} until {:%H:%M} UTC, set by {}: incidentctl log-level --back"
        set_now = (one for one in self._changed.values() if one.level == "debug")
        said = [text.format(one.logger or "everything", one.until, one.by) for one in set_now]
        if self._configured == "debug" and "" not in self._changed:
            said.append("log_level is debug in incidentd.toml: the log grows fast")
        return alarms("log-debug", said)

    def close(self) -> None:
        """Nothing goes back any more: the process ends."""
        for name in list(self._ends):
            self._cancel(name)


def _check(name: str) -> None:
    known = {*OWN, *logging.root.manager.loggerDict}
    if name and name not in known:
        near = difflib.get_close_matches(name, sorted(known), 1)
        remedy = (
            f"did you mean {near[0]}?" if near else f"one of {', '.join(OWN)}, or of a library: sqlalchemy, aiohttp"
        )
        raise Unknown(f"there is no logger {name!r}", field="logger", remedy=remedy)
