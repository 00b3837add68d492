"""When a person may be written to about what can wait: inside their working hours, outside their quiet hours.

Hours are wall-clock rules in the person's own zone, so nine o'clock stays nine o'clock when the clocks change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from incidentd.domain.wall_clock import offset_changes, shown_at

EVERY_DAY = frozenset(range(1, 8))
_DAY = timedelta(days=1)
_LOOK_AHEAD = 9  # days: a weekly rule shows every one of its edges within eight


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """From `start` until `end`, which does not count, on `days` (ISO: Monday is 1).

    An `end` that is not after `start` lies on the next day: 22:00 to 07:00 is a night that belongs to the day on which
    it begins, 00:00 to 00:00 a whole day.
    """

    start: time
    end: time
    days: frozenset[int] = EVERY_DAY

    def __str__(self) -> str:
        names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        days = "" if self.days == EVERY_DAY else " " + ",".join(names[day - 1] for day in sorted(self.days))
        return f"{self.start:%H:%M}-{self.end:%H:%M}{days}"


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """The hours of one person. No working hours means all hours."""

    zone: str = "UTC"
    working: tuple[Hours, ...] = ()
    quiet: tuple[Hours, ...] = ()


def holds(hours: Hours, wall: datetime) -> bool:
    """Whether `hours` hold at a time of the wall clock."""
    clock, today = wall.time(), wall.isoweekday()
    if hours.start < hours.end:
        return today in hours.days and hours.start <= clock < hours.end
    yesterday = today - 1 or 7
    return (today in hours.days and clock >= hours.start) or (yesterday in hours.days and clock < hours.end)


def open_at(one: Availability, at: datetime) -> bool:
    """Whether what can wait may go out at `at`."""
    wall = at.astimezone(ZoneInfo(one.zone)).replace(tzinfo=None)
    working = not one.working or any(holds(hours, wall) for hours in one.working)
    return working and not any(holds(hours, wall) for hours in one.quiet)


def opens_at(one: Availability, at: datetime) -> datetime | None:
    """The first instant from `at` on at which it may; None when these hours never open."""
    if open_at(one, at):
        return at
    return next((edge for edge in _edges(one, at) if open_at(one, edge)), None)


def _edges(one: Availability, at: datetime) -> list[datetime]:
    """Every instant after `at` at which the answer may change to yes, in order."""
    zone = ZoneInfo(one.zone)
    clocks = {hours.start for hours in one.working} | {hours.end for hours in one.quiet}
    clocks |= {time(0)}  # the days of a rule begin and end here
    first = at.astimezone(zone).date()
    found = set(offset_changes(at, at + _LOOK_AHEAD * _DAY, zone))
    for number in range(_LOOK_AHEAD):
        for clock in clocks:
            found.update(shown_at(first + number * _DAY, clock, zone))
    return sorted(edge for edge in found if edge > at.astimezone(UTC))


def why_closed(one: Availability) -> str:
    """The rule, in words, for a message that waits."""
    return "; ".join(part for part in (_named("working hours", one.working), _named("quiet hours", one.quiet)) if part)


def _named(name: str, hours: Sequence[Hours]) -> str:
    return f"{name} {' and '.join(map(str, hours))}" if hours else ""
