"""How often chance alone would change a figure as much as it did between two periods.

Durations of incidents are few and skewed, so that their means differ a lot when nothing has changed: with 25 a side a
mean that is a tenth better comes up in about four of ten comparisons. A permutation-like bootstrap answers without
assuming any shape: both periods are drawn from all that was seen together, as if there had been one period.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Protocol

import msgspec

DRAWS = 10_000
RARE = 0.05
"""A change that chance brings about less often than in this share of draws is hardly chance."""
FEWEST = 5
"""With fewer values than this on a side nothing is compared."""


_FEWEST_DRAWS = 100
_MOST_VALUES = 2_000_000  # that all draws of a comparison of means take together
_EQUAL = 1e-12  # differences of floats that are the same number


class Chance(Protocol):
    """What draws; `random.Random(seed)` is one, and with the same seed gives the same answer."""

    def choices(
        self, population: Sequence[float], *, cum_weights: Sequence[float] | None = None, k: int = 1
    ) -> list[float]:
        """`k` of `population`, each may come again."""
        ...

    def betavariate(self, alpha: float, beta: float) -> float:
        """Where the `alpha`-th of `alpha + beta - 1` numbers between 0 and 1 falls, counted from the least."""
        ...


Statistic = Callable[[Sequence[float]], float]
STATISTICS: dict[str, Statistic] = {"mean": statistics.fmean, "median": statistics.median}


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two periods, and in what share of `draws` chance alone makes a change as large, in the same direction.

    `by_chance` is None when there is too little to compare; `change` is relative to the value before (-0.1: a tenth
    less), None when that was 0.
    """

    before: float | None
    after: float | None
    n_before: int
    n_after: int
    change: float | None = None
    by_chance: float | None = None
    draws: int = 0

    @property
    def rare(self) -> bool:
        """Whether the change is hardly chance."""
        return self.by_chance is not None and self.by_chance < RARE


def compare(
    before: Sequence[float],
    after: Sequence[float],
    chance: Chance,
    *,
    statistic: str = "median",
    draws: int = DRAWS,
) -> Comparison:
    """Compare two periods by a statistic ("mean" or "median")."""
    measure = STATISTICS[statistic]
    counts = {"n_before": len(before), "n_after": len(after)}
    then, now = (measure(values) if values else None for values in (before, after))
    if then is None or now is None or min(counts.values()) < FEWEST:
        return Comparison(before=then, after=now, **counts)
    seen = now - then
    pool = sorted([*before, *after])
    draws = enough(statistic, pool, draws)
    pairs = zip(*(_drawn(statistic, pool, len(side), chance, draws) for side in (before, after)), strict=True)
    away = (1 if seen >= 0 else -1, _EQUAL * max(abs(then), abs(now)))
    as_large = sum((second - first - seen) * away[0] >= -away[1] for first, second in pairs)
    return Comparison(
        before=then,
        after=now,
        **counts,
        change=None if then == 0 else seen / then,
        by_chance=as_large / draws,
        draws=draws,
    )


def enough(statistic: str, pool: Sequence[float], draws: int) -> int:
    """So many draws as can be had in a fraction of a second; only means of many values cost more than a few steps."""
    if statistic == "mean" and not _is_of_two(pool):
        return min(draws, max(_FEWEST_DRAWS, _MOST_VALUES // len(pool)))
    return draws


def _is_of_two(pool: Sequence[float]) -> bool:
    """Whether there are no more than two different values, as of shares."""
    return all(value in (pool[0], pool[-1]) for value in pool)


def _drawn(statistic: str, pool: Sequence[float], size: int, chance: Chance, draws: int) -> Iterator[float]:
    """The statistic of `size` values of the sorted `pool`, each of which may come again, so often."""
    if statistic == "median":
        return _medians(pool, size, chance, draws)
    if _is_of_two(pool):
        return _shares(pool, size, chance, draws)
    return (statistics.fmean(chance.choices(pool, k=size)) for _ in range(draws))


def _medians(pool: Sequence[float], size: int, chance: Chance, draws: int) -> Iterator[float]:
    """Only the middle ones of a sample are drawn: where they fall among all values is known (a beta distribution)."""
    middle, last = (size + 1) // 2, len(pool) - 1
    for _ in range(draws):
        at = chance.betavariate(middle, size - middle + 1)
        value = pool[min(int(at * len(pool)), last)]
        if size % 2 == 0:
            at += (1 - at) * chance.betavariate(1, size - middle)
            value = (value + pool[min(int(at * len(pool)), last)]) / 2
        yield value


def _shares(pool: Sequence[float], size: int, chance: Chance, draws: int) -> Iterator[float]:
    """How many of a sample have the greater of two values is drawn at once (a binomial distribution)."""
    low, high = pool[0], pool[-1]
    share = sum(value == high for value in pool) / len(pool) if high > low else 0.0
    for count in chance.choices(range(size + 1), cum_weights=_binomial(size, share), k=draws):
        yield low + (high - low) * count / size


def _binomial(size: int, share: float) -> Sequence[float]:
    """The probabilities that at most 0, 1, 2 ... of `size` are so, when a `share` is."""
    if share in (0.0, 1.0):
        return [float(count >= size * share) for count in range(size + 1)]
    ways = [math.lgamma(size + 1) - math.lgamma(k + 1) - math.lgamma(size - k + 1) for k in range(size + 1)]
    once, not_once = math.log(share), math.log1p(-share)
    return list(accumulate(math.exp(way + k * once + (size - k) * not_once) for k, way in enumerate(ways)))


def sentence(found: Comparison, noun: str = "") -> str:
    """What a comparison says of so many of `noun` (incidents, weeks), in words; it never says that something helped."""
    sides = f"{found.n_before} and {found.n_after}{noun and ' '}{noun}"
    if found.by_chance is None:
        return f"{sides} are too few to compare: cannot tell"
    if found.before == found.after:
        return f"with {sides} nothing changed"
    times = f"{found.by_chance * 100:.0f}" if found.by_chance >= 0.005 else "fewer than 1"
    verdict = "hardly chance, which says nothing of what it was" if found.rare else "cannot tell"
    return f"with {sides}, a change this large appears by chance in {times} of 100 draws: {verdict}"
