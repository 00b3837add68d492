"""How often chance alone would change a figure as much as it did between two periods.

Durations of incidents are few and skewed, so that their means differ a lot when nothing has changed: with 25 a side a
mean that is a tenth better comes up in about four of ten comparisons. A permutation-like bootstrap answers without
assuming any shape: both periods are drawn from all that was seen together, as if there had been one period.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

DRAWS = 10_000
RARE = 0.05
"""A change that chance brings about less often than in this share of draws is hardly chance."""
FEWEST = 5
"""With fewer values than this on a side nothing is compared."""


class Chance(Protocol):
    """What draws; `random.Random(seed)` is one, and with the same seed gives the same answer."""

    def choices(self, population: Sequence[float], *, k: int) -> list[float]:
        """`k` of `population`, each may come again."""
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
    pool, size = [*before, *after], len(before)
    as_large = 0
    for _ in range(draws):
        drawn = chance.choices(pool, k=len(pool))
        moved = measure(drawn[size:]) - measure(drawn[:size])
        as_large += moved <= seen if seen < 0 else moved >= seen
    return Comparison(
        before=then,
        after=now,
        **counts,
        change=None if then == 0 else seen / then,
        by_chance=as_large / draws,
        draws=draws,
    )


def sentence(found: Comparison) -> str:
    """What a comparison says, in plain words; it never says that something helped."""
    sides = f"{found.n_before} and {found.n_after}"
    if found.by_chance is None:
        return f"{sides} are too few to compare: cannot tell"
    if found.before == found.after:
        return f"with {sides} nothing changed"
    times = f"{found.by_chance * 100:.0f}" if found.by_chance >= 0.005 else "fewer than 1"
    verdict = "hardly chance, which says nothing of what it was" if found.rare else "cannot tell"
    return f"with {sides}, a change this large appears by chance in {times} of 100 draws: {verdict}"
