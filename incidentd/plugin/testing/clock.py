"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

DEFAULT_START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """A clock for tests: `now()` changes by `advance` and `set` only."""

    def __init__(self, start: datetime = DEFAULT_START) -> None:
        self._now = _aware(start)

    def now(self) -> datetime:
        """The instant the test has chosen, in UTC."""
        return self._now

    def advance(self, by: timedelta | float) -> datetime:
        """Move the clock by a `timedelta` or by seconds, and return the new instant."""
        self._now += by if isinstance(by, timedelta) else timedelta(seconds=by)
        return self._now

    def set(self, to: datetime) -> None:
        """Put the clock to an instant, also backwards, as a machine's clock may be stepped."""
        self._now = _aware(to)


def _aware(instant: datetime) -> datetime:
    """`instant` in UTC. Raises `ValueError` for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("a clock needs an aware datetime")
    return instant.astimezone(UTC)
