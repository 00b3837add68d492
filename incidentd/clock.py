"""Time is a dependency: every rule takes `now`, every service takes a `Clock`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> datetime:
        """The current instant, timezone-aware in UTC, with microseconds."""
        ...


class SystemClock:
    """The machine's wall clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def to_micros(at: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z; exact for every aware datetime."""
    return (at - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The instant that `to_micros` gave."""
    return EPOCH + timedelta(microseconds=micros)
