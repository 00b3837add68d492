"""How near texts are by vectors that a plugin made of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def nearness(one: Sequence[float], others: Iterable[Sequence[float]]) -> list[float | None]:
    """The cosine of each to `one`, 0 for what points away; None for a text that has no direction."""
    length = math.hypot(*one)
    return [_cosine(one, other, length * math.hypot(*other)) for other in others]


def _cosine(one: Sequence[float], other: Sequence[float], lengths: float) -> float | None:
    if not lengths or not math.isfinite(lengths):
        return None
    return min(max(sum(a * b for a, b in zip(one, other, strict=True)) / lengths, 0.0), 1.0)
