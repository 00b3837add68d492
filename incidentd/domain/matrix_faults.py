"""What is wrong with a severity matrix: what makes it unusable, and what a person hardly meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from incidentd.domain.severity_matrix import UNKNOWN, Matrix, Question, Rule
from incidentd.domain.severity_regions import Piece, TooIntricate, neighbours, overlapping, pieces, region_of

MAX_QUESTIONS = 12
MAX_ANSWERS = 9  # each is one digit key
MAX_RULES = 60
_SHOWN = 4


class MatrixFault(msgspec.Struct, frozen=True):
    """One thing that is wrong, with the way to it: ("rules", 3, "when", "users", 0)."""

    path: tuple[str | int, ...]
    what: str
    remedy: str


def faults(matrix: Matrix) -> tuple[MatrixFault, ...]:
    """Everything that makes the matrix unusable; rules are looked at together only when each is right by itself."""
    return tuple(_alone(matrix)) or tuple(_together(matrix))


def _alone(matrix: Matrix) -> Iterator[MatrixFault]:
    yield from _number("questions", len(matrix.questions), 1, MAX_QUESTIONS)
    yield from _number("rules", len(matrix.rules), 1, MAX_RULES)
    yield from _twice(("questions",), [one.id for one in matrix.questions])
    yield from _twice(("rules",), [one.id for one in matrix.rules])
    for index, question in enumerate(matrix.questions):
        yield from _question(("questions", index), question)
    for index, rule in enumerate(matrix.rules):
        yield from _rule(("rules", index), rule, matrix)
    if matrix.rules and matrix.rules[-1].when:
        what = f"ends with {matrix.rules[-1].id}, which has conditions: some incidents would have no level"
        yield MatrixFault(("rules", len(matrix.rules) - 1, "when"), what, "add a last rule without `when`")


def _number(key: str, count: int, least: int, most: int) -> Iterator[MatrixFault]:
    if not least <= count <= most:
        yield MatrixFault((key,), f"has {count} entries", f"write {least} to {most}")


def _twice(path: tuple[str | int, ...], ids: Sequence[str]) -> Iterator[MatrixFault]:
    for index, name in enumerate(ids):
        if name in ids[:index]:
            yield MatrixFault((*path, index, "id"), f'"{name}" is there twice', "give each an id of its own")


def _question(path: tuple[str | int, ...], question: Question) -> Iterator[MatrixFault]:
    if not 2 <= len(question.answers) <= MAX_ANSWERS:
        what = f"has {len(question.answers)} answers"
        yield MatrixFault((*path, "answers"), what, f"write 2 to {MAX_ANSWERS}, the best first")
    yield from _twice((*path, "answers"), question.ids)
    for index, answer in enumerate(question.ids):
        if answer == UNKNOWN:
            what = f'"{UNKNOWN}" is an answer to every question already'
            yield MatrixFault((*path, "answers", index, "id"), what, "remove it, or call it something else")


def _rule(path: tuple[str | int, ...], rule: Rule, matrix: Matrix) -> Iterator[MatrixFault]:
    for name, listed in rule.when.items():
        here = (*path, "when", name)
        question = matrix.question(name)
        if question is None:
            yield MatrixFault(here, f'"{name}" is no question', _one_of([one.id for one in matrix.questions]))
            continue
        if not listed:
            yield MatrixFault(here, "lists no answer, so the rule could never hold", _one_of(question.ids))
        for index, answer in enumerate(listed):
            if answer == UNKNOWN:
                what = f"{UNKNOWN} is no condition: it counts as {question.assumed}"
                yield MatrixFault((*here, index), what, f"write {question.assumed}")
            elif answer not in question.ids:
                yield MatrixFault((*here, index), f'"{answer}" is no answer to {name}', _one_of(question.ids))


def _one_of(names: Collection[str]) -> str:
    return f"write one of {', '.join(names)}" if names else "there are none yet"


def _together(matrix: Matrix) -> Iterator[MatrixFault]:
    try:
        fires = {piece.rule for piece in _all(matrix)}
    except TooIntricate:
        yield MatrixFault(("rules",), "is too intricate to be checked", "write fewer rules, or fewer conditions")
        return
    for index, rule in enumerate(matrix.rules):
        if index not in fires:
            before = [one.id for one in overlapping(matrix, rule)]
            names = ", ".join(before[:_SHOWN]) + (" and others" if len(before) > _SHOWN else "")
            what = f"{rule.id} can never fire: {names} before it {'take' if len(before) > 1 else 'takes'} all it would"
            yield MatrixFault(("rules", index), what, "move it up, change its conditions, or remove it")


def _all(matrix: Matrix) -> tuple[Piece, ...]:
    return pieces(matrix, region_of(matrix, {}))


def warnings(matrix: Matrix) -> tuple[str, ...]:
    """Where a worse answer gives a better level: allowed, and hardly meant. `matrix` has no faults."""
    found: dict[tuple[int, int, int], str] = {}
    everything = _all(matrix)
    for worse in everything:
        for better in everything:
            if not worse.level.worse_than(better.level):
                continue
            for place, question in enumerate(matrix.questions):
                low, high = min(worse.region[place]), max(better.region[place])
                if low < high and neighbours(worse.region, better.region, place):
                    first, then = matrix.rules[worse.rule], matrix.rules[better.rule]
                    text = (
                        f"a worse answer gives a better level: {question.id} {question.ids[low]} can be {first.level} "
                        f"by {first.id}, {question.ids[high]} {then.level} by {then.id}"
                    )
                    found.setdefault((worse.rule, better.rule, place), text)
    return tuple(found.values())
