"""Wall-clock times of a zone as instants, also where the clocks change.

A time that a change skips is the first instant after the gap; one that occurs twice is the first or, when asked for,
the last of the two (PEP 495, fold).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def instant(wall: datetime, zone: str, *, last: bool = False) -> datetime:
    """The instant at which clocks in `zone` show the naive time `wall`, in UTC."""
    local = wall.replace(tzinfo=ZoneInfo(zone), fold=int(last))
    before, after = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    gap = (after or timedelta(0)) - (before or timedelta(0))
    if gap <= timedelta(0):  # no change, or a time that occurs twice
        return local.astimezone(UTC)
    # In a gap, fold 0 uses the offset before it: that maps past the gap's end by less than the gap's length.
    late = local.replace(fold=0).astimezone(UTC)
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
