"""What comes out of a rehearsal: how far people agree on the level of a card, and on the answer to a question.

Agreement is the share of pairs of people who say the same, so it needs nobody's idea of the right answer. A call is
over or under when its level is worse or milder than the middle one of the same card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN, Answers, Matrix

T = TypeVar("T")
FEWEST = 3
"""With fewer people there is no figure of agreement: two who agree prove little."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What one person said about one card, and the level that the matrix gives for it."""

    card: str
    person: str
    answers: Answers
    level: Severity


class QuestionSpread(msgspec.Struct, frozen=True, kw_only=True):
    """The answers to one question. `agreement` is 0 to 1, None with too few people."""

    question: str
    answers: Mapping[str, int]
    agreement: float | None


class CardSpread(msgspec.Struct, frozen=True, kw_only=True):
    """The levels of one card. `middle` is the median, of two the worse one."""

    card: str
    people: int
    levels: Mapping[Severity, int]
    agreement: float | None
    middle: Severity | None
    over: int
    under: int
    questions: tuple[QuestionSpread, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A whole rehearsal; the figures for all cards together are means of those of single cards."""

    people: int
    agreement: float | None
    over: int
    under: int
    cards: tuple[CardSpread, ...]
    questions: tuple[QuestionSpread, ...]


def agreement(values: Sequence[T]) -> float | None:
    """The share of pairs that are equal, None below `FEWEST`."""
    n = len(values)
    if n < FEWEST:
        return None
    equal = sum(count * (count - 1) for count in Counter(values).values())
    return equal / (n * (n - 1))


def middle(levels: Iterable[Severity]) -> Severity | None:
    """The median; between two, the worse one: when unsure, the higher severity."""
    ordered = sorted(levels, key=lambda one: one.rank)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def outcome(matrix: Matrix, cards: Sequence[str], calls: Sequence[Call]) -> Outcome:
    """What people said about `cards`, none of it with a name."""
    spreads = tuple(_card(matrix, card, [one for one in calls if one.card == card]) for card in cards)
    return Outcome(
        people=len({one.person for one in calls}),
        agreement=_mean(one.agreement for one in spreads),
        over=sum(one.over for one in spreads),
        under=sum(one.under for one in spreads),
        cards=spreads,
        questions=tuple(_over_cards(question.id, spreads) for question in matrix.questions),
    )


def _card(matrix: Matrix, card: str, calls: Sequence[Call]) -> CardSpread:
    levels = [one.level for one in calls]
    mid = middle(levels)
    return CardSpread(
        card=card,
        people=len(calls),
        levels={level: count for level in Severity if (count := levels.count(level))},
        agreement=agreement(levels),
        middle=mid,
        over=sum(1 for one in levels if mid is not None and one.worse_than(mid)),
        under=sum(1 for one in levels if mid is not None and mid.worse_than(one)),
        questions=tuple(
            _question(question.id, [*question.ids, UNKNOWN], [one.answers.get(question.id, UNKNOWN) for one in calls])
            for question in matrix.questions
        ),
    )


def _question(question: str, known: Sequence[str], given: Sequence[str]) -> QuestionSpread:
    order = [*known, *sorted(set(given) - set(known))]
    counts = {answer: count for answer in order if (count := given.count(answer))}
    return QuestionSpread(question=question, answers=counts, agreement=agreement(given))


def _over_cards(question: str, spreads: Sequence[CardSpread]) -> QuestionSpread:
    """One question over all cards: equal answers within a card count, not between cards."""
    mine = [one for spread in spreads for one in spread.questions if one.question == question]
    total: Counter[str] = Counter()
    for one in mine:
        total.update(one.answers)
    return QuestionSpread(question=question, answers=dict(total), agreement=_mean(one.agreement for one in mine))


def _mean(values: Iterable[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return sum(known) / len(known) if known else None
