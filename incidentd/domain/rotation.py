"""Weekly rotations: wall-clock rules in a zone, so that a handover stays at its hour when the clocks change.

A handover at a local time that a DST change skips happens at the first instant after the gap; one that occurs twice
happens the first time (PEP 495, fold 0).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from incidentd.domain.people import Rotation, Shift

_WEEK = timedelta(weeks=1)


def _handover(rotation: Rotation, index: int) -> datetime:
    """The instant at which turn `index` (0 for the first) begins."""
    day = rotation.start + index * rotation.weeks * _WEEK
    local = datetime.combine(day, rotation.handover, ZoneInfo(rotation.zone))
    instant = local.astimezone(UTC)
    skipped = instant.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None)
    if not skipped:
        return instant
    # In a gap, fold 0 uses the offset before it: that maps past the gap's end by the gap's length. Its end is where
    # the wall clock of the offset after it (fold 1) would be as far before.
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    gap = (after or timedelta(0)) - (before or timedelta(0))
    return _gap_end(instant - gap, instant, local.tzinfo)


def _gap_end(low: datetime, high: datetime, zone: object) -> datetime:
    """The first instant in (low, high] with the later offset, to the second: offsets change on whole seconds."""
    assert isinstance(zone, ZoneInfo)
    target = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == target:
            high = middle
        else:
            low = middle
    return high


def _turn(rotation: Rotation, index: int) -> Shift:
    return Shift(
        person=rotation.people[index % len(rotation.people)],
        starts_at=_handover(rotation, index),
        ends_at=_handover(rotation, index + 1),
    )


def shift_at(rotation: Rotation, at: datetime) -> Shift | None:
    """The shift that holds `at`; None before the rotation starts, or when nobody is in it."""
    if not rotation.people or at < _handover(rotation, 0):
        return None
    days = (at.astimezone(ZoneInfo(rotation.zone)).date() - rotation.start).days
    index = max(days // (7 * rotation.weeks), 0)
    while index > 0 and at < _handover(rotation, index):
        index -= 1
    while at >= _handover(rotation, index + 1):
        index += 1
    return _turn(rotation, index)


def next_shift(rotation: Rotation, at: datetime) -> Shift | None:
    """The shift that follows the one at `at`; the first one while the rotation has not started."""
    if not rotation.people:
        return None
    now = shift_at(rotation, at)
    if now is None:
        return _turn(rotation, 0)
    days = (now.ends_at.astimezone(ZoneInfo(rotation.zone)).date() - rotation.start).days
    index = max(round(days / (7 * rotation.weeks)), 1)
    return _turn(rotation, index)
