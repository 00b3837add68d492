"""Meetings and what is done at a desk happen in working hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from incidentd.simulation.draws import Draws

_FIRST, _LAST = time(9, 30), time(16)
_QUARTERS = 26  # of an hour, between the two
_SATURDAY = 6
_DAY = timedelta(days=1)


def at_a_desk(at: datetime, draws: Draws) -> datetime:
    """`at`, or some time on the next working day: people sit at their desks Monday to Friday, 9:30 to 16 UTC."""
    if at.isoweekday() < _SATURDAY and _FIRST <= at.time() <= _LAST:
        return at
    day = at if at.time() < _FIRST else at + _DAY
    while day.isoweekday() >= _SATURDAY:
        day += _DAY
    morning = datetime.combine(day.date(), _FIRST, day.tzinfo)
    return morning + timedelta(minutes=15 * int(draws.between(0, _QUARTERS)))
