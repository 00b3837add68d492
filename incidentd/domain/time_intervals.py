"""Recurring spans of time, as a team says them: "weekdays from nine to five in Berlin, not in August".

The vocabulary and the rules are Alertmanager's (its documentation, `time_interval`): a list holds when any of its items
does, a period holds when all of its lists do, and an empty list says nothing. Everything is read off the wall clock of
the zone at the instant, so that 09:00 stays 09:00 when the clocks change.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

DAY_MINUTES = 24 * 60
HORIZON = timedelta(days=400)
"""How far ahead an end is looked for: longer than a year, so that a span of every year is seen to end."""
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class ClockSpan(msgspec.Struct, frozen=True):
    """From minute `start` of the day until minute `end`, which does not count; 1440 is the end of the day."""

    start: int
    end: int


class DaySpan(msgspec.Struct, frozen=True):
    """Days of a month, both included: 1 is the first, -1 the last. What a month does not have is cut off."""

    first: int
    last: int


class YearSpan(msgspec.Struct, frozen=True):
    """Years, both included."""

    first: int
    last: int


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a time interval. Weekdays are ISO's: Monday is 1, Sunday 7."""

    times: tuple[ClockSpan, ...] = ()
    weekdays: frozenset[int] = frozenset()
    days_of_month: tuple[DaySpan, ...] = ()
    months: frozenset[int] = frozenset()
    years: tuple[YearSpan, ...] = ()
    location: str = "UTC"


def active(interval: Iterable[Period], at: datetime) -> bool:
    """Whether any period of `interval` holds at the instant `at`, which has its offset."""
    return any(_holds(period, at.astimezone(ZoneInfo(period.location))) for period in interval)


def _holds(period: Period, wall: datetime) -> bool:
    minute = wall.hour * 60 + wall.minute
    return (
        (not period.times or any(span.start <= minute < span.end for span in period.times))
        and (not period.weekdays or wall.isoweekday() in period.weekdays)
        and (not period.months or wall.month in period.months)
        and (not period.years or any(span.first <= wall.year <= span.last for span in period.years))
        and (not period.days_of_month or any(_within(span, wall) for span in period.days_of_month))
    )


def _within(span: DaySpan, wall: datetime) -> bool:
    days = calendar.monthrange(wall.year, wall.month)[1]
    first = span.first if span.first > 0 else days + span.first + 1
    last = span.last if span.last > 0 else days + span.last + 1
    return first <= wall.day <= last


def muted_words(by: Sequence[str], *, inactive: bool) -> str:
    """Why a route is muted: "muted by interval nights", or "outside of interval office" (`inactive`)."""
    plural = "s" if len(by) > 1 else ""
    return f"{'outside of' if inactive else 'muted by'} interval{plural} {', '.join(by)}"


def first_instant(wanted: Callable[[datetime], bool], periods: Iterable[Period], after: datetime) -> datetime | None:
    """The first instant after `after` at which `wanted` is true, exact to the second; None when none is near enough.

    `wanted` may depend on nothing but which of `periods` hold. It is asked at their bounds only: the minutes they name
    on the wall, the midnights, and the changes of the clocks. Near enough is within `HORIZON`.
    """
    periods = tuple(periods)
    start, end = after, after + HORIZON
    while start < end:
        for at in _bounds(periods, start, start + _DAY):
            if wanted(at):
                return at
        start += _DAY
    return None


def _bounds(periods: Iterable[Period], start: datetime, end: datetime) -> list[datetime]:
    """The instants after `start`, up to `end`, at which any of `periods` may begin to hold or cease to."""
    found: set[datetime] = set()
    for period in periods:
        zone = ZoneInfo(period.location)
        minutes = {0, *(minute % DAY_MINUTES for span in period.times for minute in (span.start, span.end))}
        first, last = start.astimezone(zone), end.astimezone(zone)
        for days in range((last.date() - first.date()).days + 1):
            midnight = datetime.combine(first.date() + timedelta(days=days), time())
            for wall in (midnight + timedelta(minutes=minute) for minute in minutes):
                found |= {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
        if first.utcoffset() != last.utcoffset():
            found.add(_clock_change(zone, start, end))
    return sorted(at for at in found if start < at <= end)


def _clock_change(zone: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """The minute between `start` and `end` from which on the clocks of `zone` are as they are at `end`."""
    epoch = start.replace(second=0, microsecond=0)
    early, late = 0, -((epoch - end) // _MINUTE)
    new = end.astimezone(zone).utcoffset()
    while late - early > 1:
        middle = (early + late) // 2
        if (epoch + middle * _MINUTE).astimezone(zone).utcoffset() == new:
            late = middle
        else:
            early = middle
    return (epoch + late * _MINUTE).astimezone(UTC)
