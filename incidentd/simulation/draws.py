"""What chance decides: one seed, from which every part of the world draws for itself.

A part that draws more often leaves the draws of all others as they are: two worlds of one seed that differ in how
updates are written have the same faults.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")
_LEAST = timedelta(seconds=1)


class Draws:
    """Draws of one seed. `deviation` is that of durations, as a multiple of their mean."""

    def __init__(self, seed: str, deviation: float) -> None:
        self._seed = seed
        self._deviation = deviation
        self._random = random.Random(seed)
        # Of a log-normal X with mean m and deviation d*m, log X has the variance log(1 + d^2) and the mean
        # log m - variance/2 (https://en.wikipedia.org/wiki/Log-normal_distribution, "Arithmetic moments").
        self._variance = math.log(1 + deviation**2)

    def part(self, name: str) -> Draws:
        """The draws of a part of the world: always the same ones for its name."""
        return Draws(f"{self._seed}/{name}", self._deviation)

    def yes(self, share: float) -> bool:
        """True in `share` of the draws."""
        return self._random.random() < share

    def duration(self, mean: timedelta) -> timedelta:
        """A log-normal duration, in whole seconds and at least one."""
        mu = math.log(mean.total_seconds()) - self._variance / 2
        seconds = self._random.lognormvariate(mu, math.sqrt(self._variance))
        return max(timedelta(seconds=round(seconds)), _LEAST)

    def between(self, low: float, high: float) -> float:
        """An even draw."""
        return self._random.uniform(low, high)

    def one_of(self, things: Sequence[T], shares: Sequence[float] | None = None) -> T:
        """One of `things`, evenly or by their shares."""
        return self._random.choices(things, shares)[0]

    def uuid(self) -> str:
        """An identity that looks random, as a daemon draws it, and is the same for a seed."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def several(self, things: Sequence[T], count: int) -> list[T]:
        """`count` different ones, fewer when there are no more."""
        return self._random.sample(things, min(count, len(things)))
