"""A clock that runs faster than the world's, so that an hour's incident takes seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta


class ScaledClock:
    """Begins at `start`; `speed` seconds pass on it for each real one. The speed can be changed at any time."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._base = start
        self._since = time.monotonic()
        self._speed = speed

    def now(self) -> datetime:
        """The clock's instant."""
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self._speed)

    def run_at(self, speed: float) -> None:
        """Go on from the present instant at another speed."""
        self._base, self._since, self._speed = self.now(), time.monotonic(), speed

    def real_seconds_until(self, at: datetime) -> float:
        """How long a real sleep must be to wake at `at`; 0 for an instant that has passed."""
        return max((at - self.now()).total_seconds() / self._speed, 0.0)

    @contextmanager
    def at_most(self, speed: float) -> Iterator[None]:
        """No faster than that meanwhile."""
        usual = self._speed
        self.run_at(min(usual, speed))
        try:
            yield
        finally:
            self.run_at(usual)
