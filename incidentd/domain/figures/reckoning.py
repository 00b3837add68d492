"""A figure from its cases: n of how many, least, median and most, and what its parts are."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.figures.cases import Case, within
from incidentd.domain.figures.catalogue import Sort
from incidentd.domain.figures.facts import Facts
from incidentd.wire.figures import Figure, FigureScope

WEEK = timedelta(weeks=1)
_NEEDS = 5
"""With fewer cases than this a figure says so."""
_MOST_PARTS = 20


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of a figure in a scope, oldest first, and how many things they are counted beside.

    `since` and `until` bound what was looked at, for counts by week.
    """

    sort: Sort
    cases: Sequence[Case]
    beside: int
    since: datetime | None
    until: datetime


def find(sort: Sort, facts: Facts, scope: FigureScope) -> Found:
    """The cases of a figure that are in a scope."""
    cases = sorted((one for one in sort.cases(facts) if within(one, scope)), key=lambda one: (one.at, one.subject))
    others = [one.at for one in sort.beside(facts) if within(one, scope)] if sort.beside else []
    since, until = period(facts, scope)
    first = min([*others, *(one.at for one in cases[:1])], default=None)
    return Found(
        sort=sort.called(facts.review_name), cases=cases, beside=len(others), since=since or first, until=until
    )


def period(facts: Facts, scope: FigureScope) -> tuple[datetime | None, datetime]:
    """From when until when a scope reaches, None for no beginning: a version from when it came to when it went."""
    since, until = scope.since, min(scope.until or facts.now, facts.now)
    if scope.version:
        mine = [number for number, one in enumerate(facts.versions) if one.version == scope.version]
        if mine:
            came = facts.versions[mine[0]].at
            went = facts.versions[mine[-1] + 1].at if mine[-1] + 1 < len(facts.versions) else facts.now
            since, until = max(since or came, came), min(until, went)
    return since, until


def values(found: Found) -> list[float]:
    """What is compared and spread: each value of its own, of a count the numbers of whole weeks."""
    if found.sort.kind == "count":
        return weekly((one.at for one in found.cases), found.since, found.until)
    return [one.value for one in found.cases if one.value is not None]


def weekly(times: Iterable[datetime], since: datetime | None, until: datetime) -> list[float]:
    """How many there were in each whole week of a time, counted from its end; none is a number too."""
    if since is None or until - since < WEEK:
        return []
    counts = [0.0] * ((until - since) // WEEK)
    for at in times:
        weeks_ago = (until - at) // WEEK
        if at < until and weeks_ago < len(counts):
            counts[-1 - weeks_ago] += 1
    return counts


def figure(found: Found) -> Figure:
    """The figure as it is told."""
    sort, known = found.sort, [one for one in found.cases if one.value is not None]
    spread = sorted(values(found)) if sort.kind != "share" else []
    n = sum(one.value == 1 for one in known) if sort.kind == "share" else len(known)
    of = found.beside if sort.kind == "count" and sort.beside else len(found.cases)
    return Figure(
        name=sort.name,
        title=sort.title,
        definition=sort.definition,
        kind=sort.kind,
        unit=sort.unit,
        n=n,
        of=of,
        least=spread[0] if spread else None,
        median=statistics.median(spread) if spread else None,
        most=spread[-1] if spread else None,
        parts=_parts(known),
        note=_note(found, len(known)),
    )


def _parts(cases: Iterable[Case]) -> dict[str, int]:
    counts = Counter(one.part for one in cases if one.part)
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST_PARTS])


def _note(found: Found, known: int) -> str:
    """What keeps the figure from saying more."""
    said = [found.sort.limit]
    if found.sort.kind == "count":
        said.append("Least, median and most are of whole weeks.")
    if disputed := sum(one.low is not None for one in found.cases):
        said.append(f"{disputed} with a disputed start {'has' if disputed == 1 else 'have'} bounds.")
    if known < _NEEDS:
        said.append("Nothing yet." if not known else f"Only {known}: too few to say much.")
    return " ".join(said)
