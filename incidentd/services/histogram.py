"""Durations counted into buckets, as a histogram of Prometheus holds them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate


class Histogram:
    """`bounds` are the upper ends of the buckets in seconds, ascending; one without an end follows them."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration; one that seems negative, by a clock that was set back, counts as none at all."""
        self._counts[bisect_left(self._bounds, max(seconds, 0.0))] += 1
        self.total += max(seconds, 0.0)

    def buckets(self) -> list[tuple[str, float]]:
        """(upper end, how many took at most so long), as the text format has them."""
        ends = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        return list(zip(ends, map(float, accumulate(self._counts)), strict=True))
