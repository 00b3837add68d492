"""Figures of how a team responds, recomputed from the log at each look; none is about a person, and none ranks.

Every figure comes with what it counts and of how many. There is no mean and no arrow: a team's incidents are few and
their durations skewed, so that a mean moves by chance alone; `Compared` says how often.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Instant

FigureKind = Literal["share", "duration", "count"]
Statistic = Literal["median", "mean"]


class FigureScope(Frozen, frozen=True):
    """What was counted: "" and None are no bound. `severity` is the worst an incident had, `version` the hash of a
    process. A case is in a period by its own time."""

    team: str = ""
    service: str = ""
    severity: Severity | None = None
    version: str = ""
    since: Instant | None = None
    until: Instant | None = None


class Figure(Frozen, frozen=True):
    """One figure with what it is of. A share is `n` of `of`, durations are `n` values of `of` cases that could have
    one, a count is `n` beside `of` incidents (0: beside nothing).

    `least`, `median` and `most` are of the values, in `unit`, of a count of its whole weeks; None where there are none,
    and for shares.
    """

    name: str  # update-promises-kept
    title: str
    definition: str  # what is counted, of what, and where it is read from
    kind: FigureKind
    unit: str  # s | min | days | count; "" of a share
    n: int
    of: int
    least: float | None = None
    median: float | None = None
    most: float | None = None
    parts: Mapping[str, int] = {}  # of the cases
    note: str = ""  # why it may say less than it seems to


class FigureCase(Frozen, frozen=True):
    """One case of a figure: a dot. A share's value is 1 (it was so) or 0.

    `low` and `high` bound the value where people dispute a time it is reckoned from.
    """

    subject: str  # incident:3, page:7, report:2, team:shop ...
    name: str  # INC-3, P-7, R-2, a day
    at: Instant
    value: float
    low: float | None = None
    high: float | None = None
    severity: Severity | None = None
    service: str = ""
    team: str = ""
    version: str = ""  # of the process it ran under
    part: str = ""


class VersionBoundary(Frozen, frozen=True):
    """When a version of the process came into force."""

    at: Instant
    version: str
    name: str  # V-3; the hash where it has no number
    reason: str = ""


class Figures(Frozen, frozen=True):
    """All figures of a scope, in the order in which they are read."""

    at: Instant
    scope: FigureScope
    figures: tuple[Figure, ...]
    boundaries: tuple[VersionBoundary, ...]
    incidents: int  # in the scope


class FigureDetail(Frozen, frozen=True):
    """One figure with its cases, the oldest first."""

    at: Instant
    scope: FigureScope
    figure: Figure
    cases: tuple[FigureCase, ...]
    boundaries: tuple[VersionBoundary, ...]


class ComparedSide(Frozen, frozen=True):
    """One side of a comparison: `value` is the share, or the statistic of the values; None of none."""

    label: str  # before 2026-03-01, V-2 ...
    scope: FigureScope
    n: int
    value: float | None


class Compared(Frozen, frozen=True):
    """A figure before and after, and in what share of draws chance alone makes a change as large."""

    figure: Figure  # from the beginning of the one to the end of the other, whatever versions were in force
    statistic: Statistic
    before: ComparedSide
    after: ComparedSide
    change: float | None  # relative to before: -0.1 is a tenth less; None where that was 0 or there is none
    by_chance: float | None  # None: too few to compare
    draws: int
    sentence: str  # in plain words; it never says that something helped
    also: tuple[str, ...] = ()  # what else differs between the sides: their length, how severe incidents were


class Rhythm(Frozen, frozen=True):
    """When pages come: `counts[weekday][hour]` on the wall clock of `zone`, Monday first."""

    at: Instant
    scope: FigureScope
    zone: str
    n: int
    counts: tuple[tuple[int, ...], ...]
    definition: str


class LoadWeek(Frozen, frozen=True):
    """What one week asked of a team as a whole."""

    day: date  # on which it starts
    starts_at: Instant
    ends_at: Instant
    pages: int
    off_hours: int  # of them
    sleep_hours: int  # of them
    incidents: int
    project_days: int
    leaks: int  # of the project days


class Load(Frozen, frozen=True):
    """On-call load and leaks of a team by week, the oldest first."""

    at: Instant
    team: str
    zone: str
    weeks: tuple[LoadWeek, ...]
    definitions: Mapping[str, str]  # by field
