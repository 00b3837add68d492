"""What an edit of the severity matrix changes, by the ids of questions, answers and rules."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

import msgspec

from incidentd.domain.severity_matrix import Matrix, Question, Rule


class Edit(enum.StrEnum):
    """What happened to one question or rule. Moved: its order among those that both matrices have is another."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One edit of a question or a rule; `part` is "question" or "rule", `details` are sentences for people."""

    part: str
    id: str
    edit: Edit
    details: tuple[str, ...] = ()


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


def differences(old: Matrix, new: Matrix) -> tuple[Difference, ...]:
    """Every edit that leads from `old` to `new`, questions first."""
    return (
        *_edits("question", old.questions, new.questions, _question_details),
        *_edits("rule", old.rules, new.rules, _rule_details),
    )


def _edits(
    part: str, old: Sequence[T], new: Sequence[T], details: Callable[[T, T], Iterator[str]]
) -> Iterator[Difference]:
    before, after = {one.id: one for one in old}, {one.id: one for one in new}
    for one in old:
        if one.id not in after:
            yield Difference(part=part, id=one.id, edit=Edit.REMOVED)
    moved = _moved([one.id for one in old if one.id in after], [one.id for one in new if one.id in before])
    for place, one in enumerate(new):
        where = f"after {new[place - 1].id}" if place else "to the top"
        if one.id not in before:
            yield Difference(part=part, id=one.id, edit=Edit.ADDED, details=(where,))
            continue
        if found := tuple(details(before[one.id], one)):
            yield Difference(part=part, id=one.id, edit=Edit.CHANGED, details=found)
        if one.id in moved:
            yield Difference(part=part, id=one.id, edit=Edit.MOVED, details=(where,))


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """As few as possible of the ids whose moving explains the new order."""
    blocks = difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_matching_blocks()
    return set(new) - {name for block in blocks for name in new[block.b : block.b + block.size]}


def _question_details(old: Question, new: Question) -> Iterator[str]:
    if old.text != new.text:
        yield f"asks: {old.text} → {new.text}"
    for gone in old.ids:
        if gone not in new.ids:
            yield f"answer {gone} is gone"
    for answer in new.answers:
        if answer.id not in old.ids:
            yield f"new answer {answer.id}: {answer.text}"
        elif (before := old.words(answer.id)) != answer.text:
            yield f"answer {answer.id}: {before} → {answer.text}"
    both = [one for one in old.ids if one in new.ids], [one for one in new.ids if one in old.ids]
    if both[0] != both[1]:
        yield f"answers from best to worst: {', '.join(both[0])} → {', '.join(both[1])}"
    if old.assumed != new.assumed:
        yield f"unknown counts as {old.assumed} → {new.assumed}"


def _rule_details(old: Rule, new: Rule) -> Iterator[str]:
    if old.level is not new.level:
        yield f"level: {old.level} → {new.level}"
    if old.text != new.text:
        yield f"says: {old.text or '(nothing)'} → {new.text or '(nothing)'}"
    for name in sorted({*old.when, *new.when}):
        before, after = old.when.get(name, ()), new.when.get(name, ())
        if set(before) != set(after):
            yield f"{name}: {' or '.join(before) or '(any)'} → {' or '.join(after) or '(any)'}"
