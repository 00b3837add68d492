"""How much a change says where nothing has changed: log-normal durations, one side drawn like the other.

Their deviation is 1.4 times their mean, as recovery times usually have it. With 25 a side a mean that is a tenth less
comes up in about four of ten comparisons; what `domain/chance.py` says of the same sides is counted beside it.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence

from benchmarks.tables import table
from incidentd.domain.chance import STATISTICS, compare

_SPREAD = math.sqrt(math.log(1 + 1.4**2))  # of the logarithms
_TENTH = 0.9
_ASKED = 200  # comparisons that are asked how often chance would do as much
_DRAWS = 400  # for each of them


async def run(*, counts: Sequence[int], times: int) -> str:
    """The table."""
    rows = [_of_many(name, count, times) for name in STATISTICS for count in counts]
    head = ["statistic", "a side", "a tenth less or better", "hardly chance", "by chance, median"]
    return f"Comparisons in which nothing has changed, of 100:\n\n{table(head, rows)}"


def _of_many(name: str, count: int, times: int) -> list[str]:
    chance, measure = random.Random(count), STATISTICS[name]
    sides = [(_lasting(chance, count), _lasting(chance, count)) for _ in range(times)]
    better = sum(measure(after) <= _TENTH * measure(before) for before, after in sides) / times
    asked = [
        compare(*both, random.Random(number), statistic=name, draws=_DRAWS)
        for number, both in enumerate(sides[:_ASKED])
    ]
    rare = sum(one.rare for one in asked) / len(asked)
    said = statistics.median(one.by_chance for one in asked if one.by_chance is not None)
    return [name, str(count), *(f"{share * 100:.0f}" for share in (better, rare, said))]


def _lasting(chance: random.Random, count: int) -> list[float]:
    return [chance.lognormvariate(3, _SPREAD) for _ in range(count)]
