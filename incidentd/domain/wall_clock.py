"""Wall-clock times of a zone as instants, also where the clocks change.

A time that a change skips is the first instant after the gap; one that occurs twice is the first or, when asked for,
the last of the two (PEP 495, fold).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@lru_cache(maxsize=16_384)  # schedules of many teams ask for the same hours of a year
def instant(wall: datetime, zone: str, *, last: bool = False) -> datetime:
    """The instant at which clocks in `zone` show the naive time `wall`, in UTC."""
    local = wall.replace(tzinfo=ZoneInfo(zone), fold=0)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    if before == after and before is not None:  # by far the most
        return (wall - before).replace(tzinfo=UTC, fold=0)
    gap = (after or timedelta(0)) - (before or timedelta(0))
    if gap <= timedelta(0):  # no change, or a time that occurs twice
        return local.replace(fold=int(last)).astimezone(UTC)
    # In a gap, fold 0 uses the offset before it: that maps past the gap's end by less than the gap's length.
    late = local.astimezone(UTC)
    return _gap_end(late - gap, late, ZoneInfo(zone))


def _gap_end(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first instant in (low, high] with the later offset, to the second: offsets change on whole seconds."""
    target = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == target:
            high = middle
        else:
            low = middle
    return high


def wall(at: datetime, zone: str) -> datetime:
    """What clocks in `zone` show at `at`, naive."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def shown_at(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """The instants (UTC) at which the wall clock shows `clock` on `day`: none in a gap, two in an hour that repeats."""
    found = []
    for fold in (0, 1):
        local = datetime.combine(day, clock, zone).replace(fold=fold)
        at = local.astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) and at not in found:
            found.append(at)
    return found


def offset_changes(start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants in (start, end] at which the zone's offset changes, to the second; at most one a day is seen."""
    found = []
    at = start
    while at < end:
        after = min(at + _DAY, end)
        if at.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            found.append(_gap_end(at, after, zone).replace(microsecond=0))
        at = after
    return found
