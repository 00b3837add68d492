"""When things happen: more by day than by night, less at weekends, and more after a release."""

from __future__ import annotations

from datetime import datetime, timedelta

from incidentd.simulation.assumptions import Assumptions

_HOUR = timedelta(hours=1)
_RELEASE_HOUR, _AFTER_RELEASE = 14, 6
_SATURDAY = 6


def busyness(assumed: Assumptions, at: datetime) -> float:
    """How busy the hour of `at` is; the average over a week is not far from 1."""
    day, hour = at.isoweekday(), at.hour
    weekend = day >= _SATURDAY
    factor = assumed.weekend if weekend else 1.0
    if hour < 6 or hour >= 22:
        factor *= assumed.night
    elif 8 <= hour < 18 and not weekend:
        factor *= assumed.working_hours
    if day in assumed.release_weekdays and _RELEASE_HOUR <= hour < _RELEASE_HOUR + _AFTER_RELEASE:
        factor *= assumed.after_release
    return factor


def later(assumed: Assumptions, at: datetime, gap: timedelta) -> datetime:
    """`gap` after `at`, on a clock that runs as fast as the hours are busy."""
    while True:
        hour_ends = at.replace(minute=0, second=0, microsecond=0) + _HOUR
        factor = busyness(assumed, at)
        passes = (hour_ends - at) * factor
        if gap < passes:
            return at + timedelta(seconds=round(gap / factor / timedelta(seconds=1)))
        gap, at = gap - passes, hour_ends
