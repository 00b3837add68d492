"""Every case of a figure as a dot: time along, values on a log axis, with no line through them and no trend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC

from incidentd.domain.columns import fit
from incidentd.domain.columns import width as width_of
from incidentd.domain.display import safe_line
from incidentd.domain.pictures.axis import Tick
from incidentd.domain.pictures.by_period import period_lines
from incidentd.domain.pictures.captions import caption, case_value, period_text
from incidentd.domain.pictures.glyphs import UNICODE, Glyphs, severity_style
from incidentd.domain.pictures.plot import Cases, Plot, cells, column_of, plot, row_of, spread, worst, zero_cells
from incidentd.domain.pictures.quantities import quantity, summary
from incidentd.domain.pictures.spans import LEAST_WIDTH, Canvas, Line, Span, flowed, wrapped
from incidentd.domain.pictures.tables import Table
from incidentd.domain.severity import Severity
from incidentd.wire.figures import FigureCase, FigureDetail

_LEAST_ROWS = 5
_NAME = 12  # columns of a version's name
_TICK_ROOM = 8  # columns that a label of the time axis wants


def dots_lines(
    detail: FigureDetail, width: int, height: int = 24, *, glyphs: Glyphs = UNICODE, cursor: int | None = None
) -> list[Line]:
    """The picture in `width` columns (40 at least) and about `height` lines; shares and counts are drawn by period.

    `cursor` is the number of a case (of `detail.cases`) whose place is shown in the style "cursor".
    """
    width = max(width, LEAST_WIDTH)
    if detail.figure.kind != "duration":
        return period_lines(detail, width, height, glyphs=glyphs, cursor=cursor)
    if not detail.cases:
        return wrapped(f"No case has a value: {summary(detail.figure)}.", width)
    return _Picture(plot(detail), width, height, glyphs, cursor).lines()


class _Picture:
    """The frame from above: names of versions, the plot, the time axis with its labels, and the row of zeros."""

    def __init__(self, found: Plot, width: int, height: int, glyphs: Glyphs, cursor: int | None) -> None:
        self._plot, self._glyphs, self._cursor = found, glyphs, cursor
        self._cases = found.detail.cases
        self._gutter = max(width_of(tick.text) for tick in found.values.ticks) + 2
        self._columns = width - self._gutter
        self._top = 1 if found.in_force else 0
        self._zeros = zero_cells(found, self._columns)
        below = 2 + bool(self._zeros)
        for many in (False, True):  # the legend says what it must, and takes its room from the plot
            self._texts = [
                *flowed(self._legend(many), width),
                *wrapped(f"{caption(found)} {period_text(found)}.", width),
            ]
            self._rows = max(height - self._top - below - len(self._texts), _LEAST_ROWS)
            self._places = cells(found, self._columns, self._rows)
            if all(len(one) < 2 for one in (*self._places.values(), *self._zeros.values())):
                break
        self._canvas = Canvas(width, self._top + self._rows + below)

    def lines(self) -> list[Line]:
        """The whole picture."""
        self._draw_boundaries()
        self._draw_spreads()
        self._draw_dots(self._places, self._top)
        self._draw_dots(self._zeros, self._top + self._rows + 2)
        self._draw_value_axis()
        self._draw_time_axis()
        return [*self._canvas.lines(), *self._texts]

    def _put(self, row: int, column: int, text: str, style: str) -> None:
        self._canvas.put(row, self._gutter + column, text, style)

    def _draw_boundaries(self) -> None:
        names = [(0, self._plot.before.name)] if self._plot.before is not None else []
        for one in self._plot.boundaries:
            column = column_of(self._plot, one, self._columns)
            names.append((column, one.name))
            for row in range(self._top, self._top + self._rows):
                self._put(row, column, self._glyphs.boundary, "boundary")
        free = 0
        for column, text in names:
            name = fit(safe_line(text), _NAME)
            start = min(column, self._columns - width_of(name))
            if start >= free:
                self._put(0, start, name, "boundary")
                free = start + width_of(name) + 1

    def _draw_spreads(self) -> None:
        for case in self._cases:
            if (bounds := spread(case)) is not None:
                low, high = (row_of(self._plot, value, self._rows) for value in bounds)
                for row in range(high, low + 1):
                    column = column_of(self._plot, case, self._columns)
                    self._put(self._top + row, column, self._glyphs.interval, "interval")

    def _draw_dots(self, places: Cases, top: int) -> None:
        for (row, column), numbers in places.items():
            severity = worst(self._cases[number] for number in numbers)
            style = "cursor" if self._cursor in numbers else severity_style(severity)
            many = len(numbers)
            text = self._glyphs.sign(severity_style(severity)) if many == 1 else str(many) if many < 10 else "+"
            self._put(top + row, column, text, style)

    def _draw_value_axis(self) -> None:
        edge, glyphs = self._gutter - 1, self._glyphs
        for row in range(self._rows):
            self._canvas.put(self._top + row, edge, glyphs.upright, "axis")
        first, *between, last = self._plot.values.ticks
        taken: set[int] = set()
        for tick in (first, last, *between):
            row = self._rows - 1 - round(tick.place * (self._rows - 1))
            if row not in taken:
                taken.add(row)
                self._canvas.put(self._top + row, 0, f"{tick.text:>{edge - 1}}", "label")
                self._canvas.put(self._top + row, edge, glyphs.tick, "axis")
        median = self._plot.detail.figure.median
        if self._zeros:
            self._canvas.put(self._top + self._rows + 2, 0, f"{'0':>{edge - 1}}", "label")
        if median is not None and (median > 0 or self._zeros):
            row = row_of(self._plot, median, self._rows) if median > 0 else self._rows + 2
            self._canvas.put(self._top + row, edge, glyphs.median, "median")

    def _draw_time_axis(self) -> None:
        rule, glyphs = self._top + self._rows, self._glyphs
        self._canvas.put(rule, self._gutter - 1, glyphs.corner + glyphs.rule * self._columns, "axis")
        free = 0
        for column, tick in self._time_ticks():
            self._put(rule, column, glyphs.foot, "axis")
            start = min(max(column - len(tick.text) // 2, free), self._columns - len(tick.text))
            if start >= free:
                self._put(rule + 1, start, tick.text, "label")
                free = start + len(tick.text) + 1

    def _time_ticks(self) -> Iterator[tuple[int, Tick]]:
        for tick in self._plot.times.ticks(self._columns // _TICK_ROOM):
            yield round(tick.place * (self._columns - 1)), tick

    def _legend(self, many: bool) -> Iterator[Line]:
        yield from severity_legend(self._cases, self._glyphs)
        signs = (
            (many, "2-9 +", "cases in one place", "label"),
            (self._plot.disputed, self._glyphs.interval, "disputed, low to high", "interval"),
            (bool(self._plot.boundaries), self._glyphs.boundary, "new process version", "boundary"),
            (self._plot.detail.figure.median is not None, self._glyphs.median, "median", "median"),
        )
        yield from (_explained(sign, text, style) for wanted, sign, text, style in signs if wanted)


def severity_legend(cases: Sequence[FigureCase], glyphs: Glyphs) -> Iterator[Line]:
    """A sign and its severity, for those that the cases have."""
    used = {case.severity for case in cases}
    for severity in (*Severity, None):
        if severity in used:
            text = "no severity" if severity is None else severity.value
            yield _explained(glyphs.sign(severity_style(severity)), text, severity_style(severity))


def _explained(sign: str, text: str, style: str) -> Line:
    return Span(sign, style), Span(f" {text}", "label")


# ------------------------------------------------------------------ rows
_HEAD = ("case", "at (UTC)", "value", "low", "high", "severity", "service", "team", "part", "process version")
_DATA = ("figure", "subject", "case", "at", "value", "low", "high", "unit", *_HEAD[5:])


def dots_table(detail: FigureDetail) -> Table:
    """Each case in words, the oldest first."""
    figure = detail.figure
    rows = [
        (
            case.name,
            f"{case.at.astimezone(UTC):%Y-%m-%d %H:%M}",
            case_value(detail, case),
            *("" if bound is None else quantity(bound, figure.unit) for bound in (case.low, case.high)),
            *_about(detail, case),
        )
        for case in detail.cases
    ]
    return Table(f"{figure.title}: {summary(figure)}", _HEAD, tuple(rows))


def dots_data(detail: FigureDetail) -> Table:
    """Each case in numbers, for a spreadsheet: values in the unit of the figure, a share's are 1 and 0."""
    figure = detail.figure
    rows = [
        (
            *(figure.name, case.subject, case.name, case.at.isoformat()),
            *(case.value, case.low, case.high, figure.unit),
            *_about(detail, case),
        )
        for case in detail.cases
    ]
    return Table(figure.title, _DATA, tuple(rows))


def _about(detail: FigureDetail, case: FigureCase) -> tuple[str, str, str, str, str]:
    version = next((one.name for one in detail.boundaries if one.version == case.version), case.version)
    severity = case.severity.value if case.severity is not None else ""
    return severity, case.service, case.team, case.part, version
