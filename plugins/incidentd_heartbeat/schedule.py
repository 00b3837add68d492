"""When the next ping is expected: after a period, or by a wall-clock rule in a time zone.

Cron expressions are read by cronsim and calendar events by oncalendar, the libraries that healthchecks.io itself uses.
cronsim does over a change of the clocks what Debian's cron does: a job set for a time that is skipped runs right after
the gap, one set for a time that comes twice runs once.
"""

from __future__ import annotations

import functools
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec
from cronsim import CronSim, CronSimError
from oncalendar import OnCalendar, OnCalendarError

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""What `after` answers where no more pings are expected; a duration may be added to it."""
_PROBE = datetime(2026, 1, 1, tzinfo=UTC)


class BadSchedule(ValueError):
    """A schedule or a zone that cannot be read; the message has its remedy behind a dash."""


class Schedule(Protocol):
    """When pings are expected."""

    def after(self, at: datetime) -> datetime:
        """The first instant later than `at` (UTC) at which a ping is expected."""
        ...

    def __str__(self) -> str: ...


class Every(msgspec.Struct, frozen=True):
    """A ping is expected one period after the last one."""

    period: timedelta

    def after(self, at: datetime) -> datetime:
        return at + self.period

    def __str__(self) -> str:
        return f"every {short(self.period)}"


class Calendar(msgspec.Struct, frozen=True):
    """A ping is expected at the times of a rule, read on the wall clock of `zone`."""

    text: str
    zone: zoneinfo.ZoneInfo
    cron: bool

    def after(self, at: datetime) -> datetime:
        found = next(self._times(at.astimezone(self.zone)), None)
        return NEVER if found is None else found.astimezone(UTC)

    def _times(self, local: datetime) -> Iterator[datetime]:
        return CronSim(self.text, local) if self.cron else OnCalendar(self.text, local)

    def __str__(self) -> str:
        return f"{self.text} ({self.zone.key})"


@functools.lru_cache(maxsize=1024)
def parse_calendar(text: str, zone: str) -> Calendar:
    """A cron expression of five or six fields, or a calendar event of systemd.time(7). Raises `BadSchedule`."""
    try:
        info = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSchedule('zone is no time zone — write a name like "Europe/Berlin" or "UTC"') from error
    for cron in (True, False):
        calendar = Calendar(text, info, cron)
        try:
            if calendar.after(_PROBE) is NEVER:
                raise BadSchedule("schedule has no time in the years to come — correct it")
        except (CronSimError, OnCalendarError):
            continue
        return calendar
    remedy = 'write cron\'s five fields ("30 3 * * *") or a calendar event ("Mon..Fri 08:00")'
    raise BadSchedule(f"schedule is neither a cron expression nor a calendar event — {remedy}")


def short(length: timedelta) -> str:
    """A duration as the configuration writes it: 1d, 1h30m, 45s."""
    seconds = int(length.total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
