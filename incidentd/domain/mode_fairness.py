"""What time in support costs a person, and how evenly a plan spreads it, in whole numbers so that comparing is exact.

Fairness is compared part by part, in the order of `Cost`: the days first, what is rarer after it. Days, holidays,
weekends and nights are compared by the sum of their squares over the team: the smaller it is, the more even they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import msgspec

from incidentd.domain.wall_clock import instant, wall

_DAY = timedelta(days=1)
_NOON, _NIGHT = time(12), time(3)


class Load(msgspec.Struct, frozen=True):
    """Time in support: its days, those of a weekend, public holidays, and nights, on the clocks of the person's zone.

    A day counts when its noon is in it, a night when three o'clock is.
    """

    days: int = 0
    weekend_days: int = 0
    holidays: int = 0
    nights: int = 0

    def __add__(self, other: Load) -> Load:
        return Load(
            self.days + other.days,
            self.weekend_days + other.weekend_days,
            self.holidays + other.holidays,
            self.nights + other.nights,
        )


class Cost(NamedTuple):
    """How uneven a plan is; the first part that differs decides between two plans.

    `close`: times somebody is in support again with less than a week between. `spacing`: how far turns are from being
    spread over the time, as the sum of squares of the weeks that lack between two of them.
    """

    days: int = 0
    close: int = 0
    holidays: int = 0
    weekends: int = 0
    nights: int = 0
    spacing: int = 0

    def plus(self, other: Cost) -> Cost:
        return Cost(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def minus(self, other: Cost) -> Cost:
        return Cost(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


def load(spans: Iterable[tuple[datetime, datetime]], zone: str, holidays: Collection[date]) -> Load:
    """What being in support over `spans` (from, until before) costs somebody whose clocks show `zone`."""
    total = Load()
    for low, high in spans:
        day, last = wall(low, zone).date(), wall(high, zone).date()
        while day <= last:
            if low <= instant(datetime.combine(day, _NOON), zone) < high:
                total += Load(1, int(day.isoweekday() > 5), int(day in holidays))
            if low <= instant(datetime.combine(day, _NIGHT), zone) < high:
                total += Load(nights=1)
            day += _DAY
    return total


def cost(carried: Load, weeks: Iterable[int], apart: int) -> Cost:
    """What somebody's share adds to the plan's: `carried` in all, in support in `weeks`, wanted `apart` weeks apart."""
    close = spacing = 0
    before: int | None = None
    for week in sorted(weeks):
        between = apart if before is None else week - before - 1
        close += between < 1
        spacing += max(apart - between, 0) ** 2
        before = week
    return Cost(
        carried.days**2, close, carried.holidays**2, carried.weekend_days**2, carried.nights**2, spacing
    )  # fmt: skip
