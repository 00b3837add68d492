"""Business days and hours: when a promise that counts only them is due.

A calendar is a wall-clock rule in its zone, so that nine o'clock stays nine o'clock when the clocks change. What comes
in while it is closed counts as if it came at the next opening.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

import msgspec

from incidentd.domain.hours import Hours
from incidentd.domain.wall_clock import instant, wall

LONGEST = 30
"""Business days that a promise counts at most."""
_DAY = timedelta(days=1)
_WEEKDAYS = Hours(start=time(0), end=time(0), days=frozenset(range(1, 6)))


class BusinessCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """Open within any of `hours`, but not on a day of `closed` or on a public holiday of the region `holidays`.

    `holidays` is a country or a part of it such as DE-BE, "" for none. A night belongs to the day on which it begins.
    """

    zone: str = "UTC"
    hours: tuple[Hours, ...] = (_WEEKDAYS,)
    holidays: str = ""
    closed: tuple[date, ...] = ()


class _Span(msgspec.Struct, frozen=True, order=True):
    """Open from `start` until `end`, naive, on the calendar's wall."""

    start: datetime
    end: datetime


def add_open_time(calendar: BusinessCalendar, at: datetime, length: timedelta, holidays: Collection[date]) -> datetime:
    """The instant at which `length` of open time has passed since `at`."""
    left, seen = length, at
    for span in itertools.chain.from_iterable(_open_days(calendar, at, holidays)):
        start, end = max(instant(span.start, calendar.zone), seen), instant(span.end, calendar.zone, last=True)
        if start >= end:
            continue
        if left <= end - start:
            return start + left
        left, seen = left - (end - start), end  # what overlaps counts once
    raise AssertionError("a calendar goes on for ever")


def add_business_days(calendar: BusinessCalendar, at: datetime, days: int, holidays: Collection[date]) -> datetime:
    """The same time of the day `days` (1 or more) business days later, or the last before it at which that is open."""
    clock = wall(add_open_time(calendar, at, timedelta(0), holidays), calendar.zone)
    open_days = _open_days(calendar, at, holidays)
    from_today = itertools.dropwhile(lambda day: not any(one.start <= clock < one.end for one in day), open_days)
    first, *_, last = itertools.islice(from_today, days + 1)
    due = last[0].start.date() - first[0].start.date() + clock
    return instant(max((min(due, one.end) for one in last if one.start <= due), default=last[0].start), calendar.zone)


def is_business_day(calendar: BusinessCalendar, day: date, holidays: Collection[date]) -> bool:
    """Whether the calendar is open at some time of `day`."""
    worked = any(day.isoweekday() in one.days for one in calendar.hours)
    return worked and day not in holidays and day not in calendar.closed


def _open_days(calendar: BusinessCalendar, at: datetime, holidays: Collection[date]) -> Iterator[list[_Span]]:
    """The days on which it is open, from the one before `at` on, each as its spans in order."""
    first = wall(at, calendar.zone).date() - _DAY
    for number in itertools.count():
        day = first + number * _DAY
        hours = calendar.hours if is_business_day(calendar, day, holidays) else ()
        spans = sorted(_span(one, day) for one in hours if day.isoweekday() in one.days)
        if spans:
            yield spans


def _span(hours: Hours, day: date) -> _Span:
    over = timedelta(0) if hours.start < hours.end else _DAY
    return _Span(datetime.combine(day, hours.start), datetime.combine(day + over, hours.end))
