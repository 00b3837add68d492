"""Figures of the library: each with what it counts and of how many. None is about a person, and none ranks."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.followups import DAYS, tally
from incidentd.wire.library_figures import LibraryFigure, Spread

_MOST_PARTS = 20


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted. `learnings` are (written at, first used at or None), `answers` (days after, answer or "")."""

    published: int = 0
    imported: int = 0
    written: int = 0
    categories: Mapping[str, int] = {}
    roles: Mapping[str, int] = {}
    themes: Mapping[str, int] = {}
    factors_again: int = 0
    learnings: Sequence[tuple[datetime, datetime | None]] = ()
    readers: Sequence[int] = ()  # of each published review
    answers: Sequence[tuple[int, str]] = ()
    actions: Mapping[str, int] = {}  # by state
    late: int = 0


def figures(facts: Facts) -> tuple[LibraryFigure, ...]:
    """All of them, in the order in which they are read."""
    factors = sum(facts.categories.values())
    return (
        LibraryFigure(
            name="reviews",
            definition="what was published; imported ones are those that were held elsewhere",
            n=facts.published,
            of=facts.written,
            parts={"imported": facts.imported},
        ),
        _factors("factors by category", "contributing factors, duplicates counted once", facts.categories),
        _factors("factors by role", "the same, by what they did", facts.roles),
        LibraryFigure(
            name="factors by theme",
            definition=f"factors that have a theme, of all; the {_MOST_PARTS} commonest themes",
            n=sum(facts.themes.values()),
            of=factors,
            parts=_largest(facts.themes),
        ),
        LibraryFigure(
            name="factors seen again",
            definition="factors that were linked from a later incident, or used elsewhere",
            n=facts.factors_again,
            of=factors,
        ),
        _learnings_used(facts.learnings),
        _readers(facts.readers),
        *(_changed(days, [answer for at, answer in facts.answers if at == days]) for days in DAYS),
        _actions(facts),
    )


def _factors(name: str, definition: str, counts: Mapping[str, int]) -> LibraryFigure:
    return LibraryFigure(name=name, definition=definition, n=sum(counts.values()), parts=_largest(counts))


def _largest(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST_PARTS])


def _learnings_used(learnings: Sequence[tuple[datetime, datetime | None]]) -> LibraryFigure:
    waits = [(used - written) / timedelta(days=1) for written, used in learnings if used is not None]
    return LibraryFigure(
        name="learnings used",
        definition="learnings with a recorded use, of all; and how long after they were written the first one was",
        n=len(waits),
        of=len(learnings),
        spread=_spread(max(0.0, one) for one in waits),
        unit="days",
    )


def _readers(readers: Sequence[int]) -> LibraryFigure:
    return LibraryFigure(
        name="readers of each",
        definition="published ones that somebody has read here, of all; and how many people read each",
        n=sum(1 for one in readers if one),
        of=len(readers),
        spread=_spread(map(float, readers)),
        unit="people",
    )


def _changed(days: int, answers: Sequence[str]) -> LibraryFigure:
    return LibraryFigure(
        name=f"changed work after {days} days",
        definition="who took part and answered whether it changed how they work, of those who were asked",
        n=sum(1 for one in answers if one),
        of=len(answers),
        parts=tally(answers),
    )


def _actions(facts: Facts) -> LibraryFigure:
    counts: Counter[str] = Counter(facts.actions)
    parts = {"open": counts["open"], "late": facts.late, "done": counts["done"], "won't do": counts["wont_do"]}
    return LibraryFigure(
        name="actions",
        definition="actions that were decided on; late ones are among the open ones",
        n=sum(facts.actions.values()),
        parts=parts,
    )


def _spread(values: Iterable[float]) -> Spread | None:
    ordered = sorted(values)
    if not ordered:
        return None
    return Spread(least=ordered[0], median=statistics.median(ordered), most=ordered[-1])
