"""A token bucket for each source instance."""

from __future__ import annotations

import time
from collections.abc import Callable


class Buckets:
    """`rate` tokens a second, at most `burst` saved up; a rate of 0 never refuses."""

    def __init__(self, rate: float, burst: int, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._now = now
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> float:
        """Take a token; 0.0, or the seconds to wait for one when there is none."""
        if self._rate <= 0:
            return 0.0
        now = self._now()
        level, at = self._levels.get(name, (float(self._burst), now))
        level = min(self._burst, level + (now - at) * self._rate)
        if level < 1:
            self._levels[name] = (level, now)
            return (1 - level) / self._rate
        self._levels[name] = (level - 1, now)
        return 0.0
