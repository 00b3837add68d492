"""Classifying an incident by the severity matrix: the level, the rule that fired, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN, Answers, Matrix, Question
from incidentd.domain.severity_regions import Piece, neighbours, pieces, region_of


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer to an unknown would make of it, everything else as assumed."""

    answer: str
    level: Severity
    rule: str


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """A question without an answer that can still change the level.

    `changes` are the answers that change it by themselves; without any, it matters together with other unknowns only.
    """

    question: str
    assumed: str
    changes: tuple[Change, ...]


class Classification(msgspec.Struct, frozen=True, kw_only=True):
    """What the matrix says. `best` and `worst` are the levels it can come to once everything is known."""

    level: Severity
    rule: str
    answers: Mapping[str, str]  # every question of the matrix; `UNKNOWN` where nothing was said
    assumed: Mapping[str, str]  # what each unknown was counted as
    unknown: tuple[Unknown, ...]
    best: Severity
    worst: Severity


class BadAnswer(Exception):  # noqa: N818
    """An answer that the matrix does not have. `question` is what it was given to."""

    def __init__(self, question: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.question, self.what, self.remedy = question, what, remedy


def classify(matrix: Matrix, answers: Answers) -> Classification:
    """The level of an incident about which `answers` are known. Raises `BadAnswer`."""
    check(matrix, answers)
    given = {one.id: answers.get(one.id, UNKNOWN) for one in matrix.questions}
    assumed = {one.id: one.assumed for one in matrix.questions if given[one.id] == UNKNOWN}
    counted = given | assumed
    rule = matrix.first(counted)
    possible = pieces(matrix, region_of(matrix, answers))
    levels = [one.level for one in possible]
    return Classification(
        level=rule.level,
        rule=rule.id,
        answers=given,
        assumed=assumed,
        unknown=tuple(
            Unknown(question=one.id, assumed=one.assumed, changes=_changes(matrix, counted, one, rule.level))
            for one in _open(matrix, possible)
        ),
        best=max(levels, key=lambda level: level.rank),
        worst=min(levels, key=lambda level: level.rank),
    )


def check(matrix: Matrix, answers: Answers) -> None:
    """Raises `BadAnswer` for the first answer that the matrix does not have."""
    for name, answer in answers.items():
        question = matrix.question(name)
        if question is None:
            known = ", ".join(one.id for one in matrix.questions)
            raise BadAnswer(name, f'"{name}" is no question of the severity matrix', f"its questions are {known}")
        if answer != UNKNOWN and answer not in question.ids:
            remedy = f"say {', '.join(question.ids)} or {UNKNOWN}"
            raise BadAnswer(name, f'"{answer}" is no answer to {name}', remedy)


def next_question(matrix: Matrix, answers: Answers) -> Question | None:
    """The first question nobody was asked yet whose answer can still change the level; None when none can.

    Raises `BadAnswer`. Something answered with `UNKNOWN` was asked.
    """
    check(matrix, answers)
    still = _open(matrix, pieces(matrix, region_of(matrix, answers)))
    return next((one for one in still if one.id not in answers), None)


def fitting(matrix: Matrix, answers: Answers) -> tuple[dict[str, str], tuple[str, ...]]:
    """Answers that were given to another matrix: those that this one has, and the questions of those it has not."""
    kept = {
        name: answer
        for name, answer in answers.items()
        if (question := matrix.question(name)) is not None and answer in (UNKNOWN, *question.ids)
    }
    return kept, tuple(name for name, answer in answers.items() if name not in kept and answer != UNKNOWN)


def _open(matrix: Matrix, possible: Sequence[Piece]) -> list[Question]:
    """The questions of which two answers lead to two levels, for at least one combination of the other answers."""
    return [one for place, one in enumerate(matrix.questions) if _matters(possible, place)]


def _matters(possible: Sequence[Piece], place: int) -> bool:
    return any(
        one.level is not other.level and neighbours(one.region, other.region, place)
        for index, one in enumerate(possible)
        for other in possible[:index]
    )


def _changes(matrix: Matrix, counted: Answers, question: Question, level: Severity) -> tuple[Change, ...]:
    fired = [(answer, matrix.first({**counted, question.id: answer})) for answer in question.ids]
    return tuple(
        Change(answer=answer, level=rule.level, rule=rule.id) for answer, rule in fired if rule.level is not level
    )
