"""Recurring spans of time, as a team says them: "weekdays from nine to five in Berlin, not in August".

The vocabulary and the rules are Alertmanager's (its documentation, `time_interval`): a list holds when any of its items
does, a period holds when all of its lists do, and an empty list says nothing. Everything is read off the wall clock of
the zone at the instant, so that 09:00 stays 09:00 when the clocks change.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

DAY_MINUTES = 24 * 60


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
