"""How fast a store grows, and whether its disk will do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

KEPT = timedelta(days=60)
"""How long samples of the size are of use."""
_LOOK_BACK = timedelta(days=14)
_LEAST = timedelta(hours=20)  # a shorter time says nothing about a day
_AHEAD_DAYS = 7
_LEAST_FREE = 64 * 2**20


class Sample(msgspec.Struct, frozen=True):
    """How many bytes were in use at a time."""

    at: datetime
    bytes: int


def growth_a_day(samples: Sequence[Sample]) -> float | None:
    """Bytes a day in the last two weeks of `samples`, which are in order; None when they are of too short a time.

    Only what came is counted: what retention removed meanwhile would hide it.
    """
    if not samples:
        return None
    some = [one for one in samples if one.at >= samples[-1].at - _LOOK_BACK]
    span = some[-1].at - some[0].at
    if span < _LEAST:
        return None
    came = sum(max(after.bytes - before.bytes, 0) for before, after in pairwise(some))
    return came / (span / timedelta(days=1))


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A store and its disk, in bytes. `used`: what the store takes; `free`: what its disk has left for us."""

    used: int
    free: int
    growth: float | None

    @property
    def days(self) -> float | None:
        """That the disk will do, growing as lately; None where it does not grow, or nobody knows."""
        return self.free / self.growth if self.growth else None

    @property
    def is_full(self) -> bool:
        """A day more, or 64 MiB, does not fit: soon nothing can be stored, and senders are refused."""
        return self.free < max(_LEAST_FREE, self.growth or 0)

    @property
    def needed(self) -> int:
        """A week's growth, and a backup, which is as large as what is used."""
        return self.used + round(_AHEAD_DAYS * (self.growth or 0))

    @property
    def is_short(self) -> bool:
        return self.free < self.needed
