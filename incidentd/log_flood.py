"""Keeping a plugin that logs without end from drowning the log, and the event loop in writing it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import msgspec

RATE = 100.0
"""Records a second of one logger that are written for as long as it likes; `BURST` may come at once."""
BURST = 1000.0
_TOLD_EVERY = 10.0
_OWN = "incidentd"
_MOST = 10_000  # loggers that are told apart: a plugin may make up names


class _Level(msgspec.Struct):
    """What one logger may still write."""

    left: float
    at: float
    dropped: int = 0
    told_at: float = 0.0


class FloodFilter(logging.Filter):
    """Of a handler. The daemon's own records always pass; `now` is in seconds and never goes back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._levels: dict[str, _Level] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; one that passes after others did not says how many."""
        name = record.name
        if name == _OWN or name.startswith(f"{_OWN}."):
            return True
        with self._lock:
            return self._passes(name, record)

    def _passes(self, name: str, record: logging.LogRecord) -> bool:
        now = self._now()
        if name not in self._levels and len(self._levels) >= _MOST:
            self._levels.clear()
        level = self._levels.setdefault(name, _Level(BURST, now))
        level.left = min(BURST, level.left + (now - level.at) * RATE)
        level.at = now
        if level.left < 1:
            level.dropped += 1
            return False
        level.left -= 1
        if level.dropped and now - level.told_at >= _TOLD_EVERY:
            record.msg = f"{level.dropped} records of this logger were dropped before this one: {record.msg}"
            level.dropped, level.told_at = 0, now
        return True
