"""When a layer counts: spans of the week on a wall clock, such as weekdays from 18:00 until 09:00."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from incidentd.domain.people import Restriction, Shift
from incidentd.domain.wall_clock import instant, wall

Span = tuple[datetime, datetime]
_DAY = timedelta(days=1)
_LONGEST = 8  # days that a span may reach over, and one more


def spans(restrictions: Iterable[Restriction], zone: str, start: datetime, end: datetime) -> Iterator[Span]:
    """The spans that touch the time from `start` until before `end`, joined where they meet, in order."""
    first = wall(start, zone).date() - _LONGEST * _DAY
    days = (wall(end, zone).date() - first).days + 1
    found = sorted(
        _span(one, datetime.combine(first + number * _DAY, one.start), zone)
        for number in range(days)
        for one in restrictions
        if (first + number * _DAY).isoweekday() in one.days
    )
    yield from ((low, high) for low, high in _joined(found) if low < end and high > start)


def _span(restriction: Restriction, begins: datetime, zone: str) -> Span:
    ends = datetime.combine(begins.date() + restriction.days_over * _DAY, restriction.end)
    return instant(begins, zone), instant(ends, zone)


def _joined(found: Iterable[Span]) -> Iterator[Span]:
    open_: Span | None = None
    for low, high in found:
        if open_ is not None and low <= open_[1]:
            open_ = open_[0], max(open_[1], high)
            continue
        if open_ is not None:
            yield open_
        open_ = low, high
    if open_ is not None:
        yield open_


def within(shifts: Iterable[Shift], allowed: Iterable[Span]) -> Iterator[Shift]:
    """The parts of `shifts` that lie in `allowed`; both are in order and free of overlaps."""
    rest = iter(allowed)
    span = next(rest, None)
    for shift in shifts:
        while span is not None and span[0] < shift.ends_at:
            low, high = max(shift.starts_at, span[0]), min(shift.ends_at, span[1])
            if low < high:
                yield shift.cut(low, high)
            if span[1] > shift.ends_at:
                break
            span = next(rest, None)
