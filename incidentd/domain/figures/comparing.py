"""A figure before and after something: both sides with their n, how often chance does this, and what else differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.chance import Chance, compare, sentence
from incidentd.domain.figures.facts import Facts
from incidentd.domain.figures.reckoning import Found, values
from incidentd.domain.severity import Severity
from incidentd.wire.figures import Compared, ComparedSide, Figure, FigureScope, Statistic

_DAY = timedelta(days=1)
_OTHER_LENGTH = 1.25
"""A side that is longer than the other by more than this is said to be."""


class Side(msgspec.Struct, frozen=True):
    """What is compared: a label ("before 2026-03-01", "V-2") and what was found in a scope."""

    label: str
    scope: FigureScope
    found: Found


def compared(
    whole: Figure, before: Side, after: Side, facts: Facts, chance: Chance, statistic: Statistic = "median"
) -> Compared:
    """Both sides of `whole`. A share is compared as it is, a count by its whole weeks, durations by the statistic."""
    sort = before.found.sort
    then, now = values(before.found), values(after.found)
    by = "mean" if sort.kind == "share" else statistic
    found = compare(then, now, chance, statistic=by)
    return Compared(
        figure=whole,
        statistic=statistic,
        before=ComparedSide(label=before.label, scope=before.scope, n=found.n_before, value=found.before),
        after=ComparedSide(label=after.label, scope=after.scope, n=found.n_after, value=found.after),
        change=found.change,
        by_chance=found.by_chance,
        draws=found.draws,
        sentence=sentence(found, "weeks" if sort.kind == "count" else sort.noun),
        also=tuple(_also(before, after, facts)),
    )


def _also(before: Side, after: Side, facts: Facts) -> Iterator[str]:
    """What differs besides: nobody knows which of it made the difference."""
    yield from _lengths(before, after)
    yield from _severities(before, after)
    yield from _changes(before, after, facts)


def _lengths(before: Side, after: Side) -> Iterator[str]:
    days = [_length(one.found) for one in (before, after)]
    if min(days) <= 0 or max(days) > _OTHER_LENGTH * min(days):
        yield f"the periods are not equally long: {days[0]} and {days[1]} days"


def _length(found: Found) -> int:
    return 0 if found.since is None else max(0, (found.until - found.since) // _DAY)


def _severities(before: Side, after: Side) -> Iterator[str]:
    mixes = [Counter(one.severity for one in side.found.cases if one.severity is not None) for side in (before, after)]
    if not all(mixes) or _shares(mixes[0]) == _shares(mixes[1]):
        return
    yield f"the severities differ: {_mix(mixes[0])} before, {_mix(mixes[1])} after"


def _shares(mix: Counter[Severity]) -> dict[Severity, int]:
    """Tenths, so that a case more or less is no difference."""
    return {level: round(10 * count / mix.total()) for level, count in mix.items() if round(10 * count / mix.total())}


def _mix(mix: Counter[Severity]) -> str:
    return ", ".join(f"{mix[level]} {level}" for level in sorted(mix, key=lambda one: one.rank))


def _changes(before: Side, after: Side, facts: Facts) -> Iterator[str]:
    """Versions of the process that came into force within the time that both sides cover.

    The first one of the record changed nothing that anybody knows of.
    """
    starts = [side.found.since for side in (before, after) if side.found.since is not None]
    if not starts:
        return
    first, last = min(starts), max(side.found.until for side in (before, after))
    split = _split(before, after)
    inside = sum(first < one.at < last and one.at != split for one in facts.versions[1:])
    if inside:
        yield f"the process changed {inside} time{'' if inside == 1 else 's'} in the time that is looked at"


def _split(before: Side, after: Side) -> datetime | None:
    return before.scope.until if before.scope.until == after.scope.since else None
