"""Which place in a picture of dots each case has: the same for a terminal and for an SVG, in cells of a grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from incidentd.domain.pictures.axis import LogAxis, TimeAxis, log_axis, time_axis
from incidentd.domain.severity import Severity
from incidentd.wire.figures import FigureCase, FigureDetail, VersionBoundary

Cell = tuple[int, int]  # row, the uppermost is 0; column
Cases = Mapping[Cell, Sequence[int]]  # by number in the detail


class Plot(NamedTuple):
    """The axes of a picture, and the versions of the process that came into force within it."""

    detail: FigureDetail
    values: LogAxis
    times: TimeAxis
    before: VersionBoundary | None  # what was in force when it begins
    boundaries: tuple[VersionBoundary, ...]

    @property
    def in_force(self) -> tuple[VersionBoundary, ...]:
        """All versions that were in force within it, the oldest first."""
        return self.boundaries if self.before is None else (self.before, *self.boundaries)

    @property
    def zeros(self) -> int:
        """How many cases have no place on a log axis: they are 0, or less."""
        return sum(case.value <= 0 for case in self.detail.cases)

    @property
    def disputed(self) -> bool:
        """Whether the value of a case is known between two bounds only."""
        return any(spread(case) is not None for case in self.detail.cases)


def plot(detail: FigureDetail) -> Plot:
    cases, scope = detail.cases, detail.scope
    values = [value for case in cases for value in (case.value, case.low, case.high) if value is not None]
    times = time_axis([case.at for case in cases], scope.since, scope.until)
    before = max((one for one in detail.boundaries if one.at < times.start), key=lambda one: one.at, default=None)
    within = tuple(one for one in detail.boundaries if times.holds(one.at))
    return Plot(detail, log_axis(values, detail.figure.unit), times, before, within)


def cells(found: Plot, columns: int, rows: int) -> Cases:
    """The cases above 0 in each cell of a grid; every such case is in exactly one."""
    places: dict[Cell, list[int]] = {}
    for number, case in enumerate(found.detail.cases):
        if case.value > 0:
            cell = row_of(found, case.value, rows), column_of(found, case, columns)
            places.setdefault(cell, []).append(number)
    return places


def zero_cells(found: Plot, columns: int) -> Cases:
    """The other cases, all in one row."""
    places: dict[Cell, list[int]] = {}
    for number, case in enumerate(found.detail.cases):
        if not case.value > 0:
            places.setdefault((0, column_of(found, case, columns)), []).append(number)
    return places


def row_of(found: Plot, value: float, rows: int) -> int:
    return rows - 1 - round(found.values.place(value) * (rows - 1))


def column_of(found: Plot, at: FigureCase | VersionBoundary, columns: int) -> int:
    return round(found.times.place(at.at) * (columns - 1))


def spread(case: FigureCase) -> tuple[float, float] | None:
    """Between which values a case lies where people dispute them; None where it is one value."""
    low = case.value if case.low is None else case.low
    high = case.value if case.high is None else case.high
    return (low, high) if low < high and high > 0 else None


def worst(cases: Iterable[FigureCase]) -> Severity | None:
    """The worst severity among cases, None when none of them has one."""
    return min((case.severity for case in cases if case.severity is not None), key=lambda one: one.rank, default=None)
