"""Meetings and what is done at a desk happen in working hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta

_FIRST, _LAST = time(9, 30), time(16)
_SATURDAY = 6
_DAY = timedelta(days=1)


def at_a_desk(at: datetime) -> datetime:
    """`at`, or the next time after it at which people sit at their desks: Monday to Friday, 9:30 to 16 UTC."""
    day = at
    if day.time() > _LAST:
        day = _morning(day + _DAY)
    elif day.time() < _FIRST:
        day = _morning(day)
    while day.isoweekday() >= _SATURDAY:
        day = _morning(day + _DAY)
    return day


def _morning(day: datetime) -> datetime:
    return datetime.combine(day.date(), _FIRST, day.tzinfo)
