"""Weekly rotations: wall-clock rules in a zone, so that a handover stays at its hour when the clocks change.

A handover at a local time that a DST change skips happens at the first instant after the gap; one that occurs twice
happens the first time (PEP 495, fold 0).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from incidentd.domain.people import Rotation, Shift
from incidentd.domain.wall_clock import instant

_WEEK = timedelta(weeks=1)


def _handover(rotation: Rotation, index: int) -> datetime:
    """The instant at which turn `index` (0 for the first) begins."""
    day = rotation.start + index * rotation.weeks * _WEEK
    return instant(datetime.combine(day, rotation.handover), rotation.zone)


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
