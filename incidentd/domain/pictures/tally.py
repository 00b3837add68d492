"""A mark for each of some things in a row of text; where they are too many, a mark for up to so many of a kind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import count

from incidentd.domain.pictures.spans import Span


def each_mark(rows: Sequence[Sequence[int]], room: int) -> int:
    """How many things a mark has to stand for, so that every row has room; each row has a number of every kind."""
    kinds = max((sum(1 for many in row if many) for row in rows), default=0)
    room = max(room, kinds, 1)
    most = max(map(sum, rows), default=0)
    return next(each for each in count(max(math.ceil(most / room), 1)) if max(lengths(rows, each), default=0) <= room)


def lengths(rows: Sequence[Sequence[int]], each: int) -> list[int]:
    """How many marks each row has."""
    return [sum(math.ceil(many / each) for many in row) for row in rows]


def marks(row: Sequence[int], signs: Sequence[tuple[str, str]], each: int) -> list[Span]:
    """A row: for every kind its sign (with its style) as often as it takes."""
    return [
        Span(sign, style) for many, (sign, style) in zip(row, signs, strict=True) for _ in range(math.ceil(many / each))
    ]


def place(groups: Sequence[Sequence[int]], number: int, each: int) -> int | None:
    """Which mark of a row stands for a thing; the groups hold the things of every kind."""
    start = 0
    for group in groups:
        if number in group:
            return start + group.index(number) // each
        start += math.ceil(len(group) / each)
    return None
