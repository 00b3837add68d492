"""Rotations: turns that follow each other by wall-clock rules, so that a handover stays at its hour.

Turns are counted from the one that is under way at the start, 0 being the first. A turn that the clocks skip as a
whole (one hour that does not exist) is nobody's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from incidentd.domain.people import Rotation, Shift
from incidentd.domain.wall_clock import instant, wall

_DAY = timedelta(days=1)


def _anchor(rotation: Rotation) -> datetime:
    """The wall-clock time at which turn 0 would have begun: the handover day on or before the start."""
    day = rotation.start
    if rotation.handover_day is not None:
        day -= ((day.isoweekday() - rotation.handover_day) % 7) * _DAY
    return datetime.combine(day, rotation.handover)


class _Turns:
    """The turns of a rotation by their number."""

    def __init__(self, rotation: Rotation) -> None:
        self._rotation = rotation
        self._anchor = _anchor(rotation)
        self._step = rotation.unit.length * rotation.every
        self.begins = instant(datetime.combine(rotation.start, rotation.handover), rotation.zone)
        self.ends = None if rotation.until is None else instant(rotation.until, rotation.zone)
        self._skipped: Sequence[int] = sorted(
            {(datetime.combine(day, rotation.handover) - self._anchor) // self._step for day in rotation.skip}
        )

    def begin(self, number: int) -> datetime:
        if number <= 0:
            return self.begins
        return max(instant(self._anchor + number * self._step, self._rotation.zone), self.begins)

    def number_at(self, at: datetime) -> int:
        """The turn that holds `at`, which is not before the beginning."""
        number = max((wall(at, self._rotation.zone) - self._anchor) // self._step, 0)
        while number > 0 and at < self.begin(number):
            number -= 1
        while at >= self.begin(number + 1):
            number += 1
        return number

    def turn(self, number: int, begins: datetime) -> Shift:
        """The turn as a shift; who is passed over gives their place to the next one, and all others move up."""
        people = self._rotation.people
        end = self.begin(number + 1)
        return Shift(
            person=people[(number + bisect_right(self._skipped, number)) % len(people)],
            starts_at=begins,
            ends_at=end if self.ends is None else min(end, self.ends),
        )


def turns(rotation: Rotation, start: datetime, end: datetime) -> Iterator[Shift]:
    """The turns that touch the time from `start` until before `end`, whole, in order."""
    if not rotation.people:
        return
    numbered = _Turns(rotation)
    stop = end if numbered.ends is None else min(end, numbered.ends)
    number = numbered.number_at(max(start, numbered.begins))
    begins = numbered.begin(number)
    while begins < stop:
        turn = numbered.turn(number, begins)
        if begins < turn.ends_at and turn.ends_at > start:
            yield turn
        number, begins = number + 1, turn.ends_at


def shift_at(rotation: Rotation, at: datetime) -> Shift | None:
    """The turn that holds `at`; None before the start, after the end, or when nobody is in it."""
    if not rotation.people:
        return None
    numbered = _Turns(rotation)
    if at < numbered.begins or (numbered.ends is not None and at >= numbered.ends):
        return None
    number = numbered.number_at(at)
    return numbered.turn(number, numbered.begin(number))
