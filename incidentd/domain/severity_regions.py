"""Sets of combinations of answers, and which rule of a matrix decides where.

A region lists the answers still possible for each question. A rule holds in a region, so what an earlier rule leaves
to a later one is regions again; with them it is exact which rules can fire and which answers can change a level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN, Answers, Matrix, Rule

Region = tuple[frozenset[int], ...]
"""For each question of a matrix, in its order, the places of the possible answers, 0 for the best; none is empty."""
MAX_REGIONS = 400
"""Parts that a matrix may cut its combinations into: a person's matrix has fewer than a hundred."""


class TooIntricate(Exception):  # noqa: N818
    """The rules cut the combinations into more than `MAX_REGIONS` parts."""


class Piece(msgspec.Struct, frozen=True):
    """A region in which one rule decides; `rule` is its place among the rules."""

    rule: int
    level: Severity
    region: Region


def region_of(matrix: Matrix, answers: Answers) -> Region:
    """What is still possible given `answers`, which name answers of this matrix or `UNKNOWN`."""
    known = {question: (answer,) for question, answer in answers.items() if answer != UNKNOWN}
    return _region(matrix, known)


def _region(matrix: Matrix, listed: Mapping[str, Sequence[str]]) -> Region:
    return tuple(
        frozenset(place for place, one in enumerate(question.ids) if one in listed.get(question.id, question.ids))
        for question in matrix.questions
    )


def pieces(matrix: Matrix, within: Region) -> tuple[Piece, ...]:
    """`within` cut by which rule decides, in the order of the rules. Raises `TooIntricate`."""
    found: list[Piece] = []
    left = [within]
    for place, rule in enumerate(matrix.rules):
        here = _region(matrix, rule.when)
        found += (Piece(place, rule.level, both) for part in left if (both := _intersection(part, here)) is not None)
        left = [rest for part in left for rest in _without(part, here)]
        if len(found) + len(left) > MAX_REGIONS:
            raise TooIntricate
    return tuple(found)


def _intersection(one: Region, other: Region) -> Region | None:
    both = tuple(a & b for a, b in zip(one, other, strict=True))
    return both if all(both) else None


def _without(region: Region, taken: Region) -> Iterator[Region]:
    """Regions without a common combination that are `region` less `taken`."""
    if _intersection(region, taken) is None:
        yield region
        return
    for place, (possible, gone) in enumerate(zip(region, taken, strict=True)):
        if rest := possible - gone:
            yield (*region[:place], rest, *region[place + 1 :])
        region = (*region[:place], possible & gone, *region[place + 1 :])


def neighbours(one: Region, other: Region, place: int) -> bool:
    """Whether a combination of `one` and a combination of `other` differ in the answer at `place` and nowhere else."""
    return all(a & b for at, (a, b) in enumerate(zip(one, other, strict=True)) if at != place)


def overlapping(matrix: Matrix, rule: Rule) -> tuple[Rule, ...]:
    """The rules before `rule` that take combinations for which it would hold."""
    here = _region(matrix, rule.when)
    before = matrix.rules[: matrix.rules.index(rule)]
    return tuple(one for one in before if _intersection(_region(matrix, one.when), here) is not None)
