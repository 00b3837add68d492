"""Questions of the severity matrix with their answers, and what they come to, as lines."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.classification import Classification, Unknown
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN, Answers, Matrix, Question
from incidentd.wire import severity as wire_severity
from incidentd_tui import paint, theme

_NAME = 14  # columns of a question's id


def question_lines(
    question: Question, found: Classification, answers: Answers, width: int, *, here: bool
) -> list[paint.Line]:
    """One line; for the question that is asked now its text and every answer with its key."""
    given = answers.get(question.id)
    if not here:
        return [_told(question, found, given, width)]
    lines: list[paint.Line] = [
        [("▸ " if not index else "  ", theme.key), (text, theme.bold)]
        for index, text in enumerate(paint.wrap(question.text, width - 4, 3))
    ]
    choices = [(str(number), one.id, one.text) for number, one in enumerate(question.answers, 1)]
    assumed = question.words(question.assumed)
    for key, answer, words in (*choices, ("?", UNKNOWN, f"unknown: counts as “{assumed}”")):
        mark = ("✓ ", theme.success) if answer == given else ("  ", theme.plain)
        lines.append([("  ", theme.plain), mark, (f"{key} ", theme.key), (paint.crop(words, width - 8), theme.plain)])
    return lines


def _told(question: Question, found: Classification, given: str | None, width: int) -> paint.Line:
    matters = any(one.question == question.id for one in found.unknown)
    name = paint.fit(question.id, _NAME)
    room = width - _NAME - 4
    if given is not None and given != UNKNOWN:
        return [
            ("✓ ", theme.success), (f"{name} ", theme.muted), (paint.crop(question.words(given), room), theme.plain)
        ]  # fmt: skip
    if not matters:
        return [("– ", theme.faint), (f"{name} makes no difference", theme.faint)]
    if given == UNKNOWN:
        words = f"unknown, counts as “{question.words(question.assumed)}”"
        return [("? ", theme.warning), (f"{name} ", theme.muted), (paint.crop(words, room), theme.muted)]
    return [("· ", theme.muted), (name, theme.muted)]


def result_lines(
    matrix: Matrix, found: Classification, recording: tuple[Severity, Severity], width: int
) -> list[paint.Line]:
    """The level, the rule that fired, and which unknown would change it; `recording` makes of one severity another."""
    rule = matrix.rule(found.rule)
    words = paint.wrap(f"{rule.words if rule else found.rule} ({found.rule})", width - 8, 2)
    badge = (f" {found.level} ", theme.ranked(found.level.rank))
    lines: list[paint.Line] = [
        [(" ", theme.plain), badge if not index else ("      ", theme.plain), (f" {text}", theme.plain)]
        for index, text in enumerate(words)
    ]
    for text in unknown_texts(found.unknown):
        lines += [
            [(" ? " if not index else "   ", theme.warning), (line, theme.muted)]
            for index, line in enumerate(paint.wrap(text, width - 4, 2))
        ]
    if found.best is not found.worst:
        lines.append([("   ", theme.plain), (f"anything from {found.worst} to {found.best} is possible", theme.muted)])
    before, after = recording
    if after is not before:
        lines.append([(" ✓ ", theme.success), (f"recording it: {before} → {after}", theme.plain)])
    return lines


def unknown_texts(unknown: Sequence[Unknown | wire_severity.OpenUnknown]) -> list[str]:
    """A sentence for each unknown that changes the level by itself, and one for those that do so only together."""
    alone = [
        f"{one.question} would change it: {', '.join(f'{change.answer} {change.level}' for change in one.changes)}"
        for one in unknown
        if one.changes
    ]
    together = [one.question for one in unknown if not one.changes]
    return [*alone, *([f"only together: {', '.join(together)}"] if together else [])]
