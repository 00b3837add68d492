"""A share by period: for each week, month, quarter or year how many of how many, and no line from one to another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from incidentd.domain.columns import fit
from incidentd.domain.display import safe_line
from incidentd.domain.pictures.glyphs import UNICODE, Glyphs
from incidentd.domain.pictures.plot import Plot, plot
from incidentd.domain.pictures.quantities import summary
from incidentd.domain.pictures.spans import LEAST_WIDTH, Line, Span, wrapped
from incidentd.wire.figures import FigureDetail, VersionBoundary

_FEWEST = 4  # periods there is always room for
_SHORT = timedelta(days=70)  # what is shorter is shown by weeks
_NAME = 12  # columns of a version's name
_Span = tuple[datetime, str]


class Period(NamedTuple):
    """The cases of a period, by their number in the detail."""

    start: datetime
    name: str  # 2026-03-02 (a week) | 2026-03 | 2026 Q1 | 2026
    kept: tuple[int, ...]
    missed: tuple[int, ...]

    @property
    def of(self) -> int:
        return len(self.kept) + len(self.missed)

    @property
    def text(self) -> str:
        return f"{len(self.kept)} of {self.of}" if self.of else "none"


def periods(found: Plot, most: int) -> list[Period]:
    """All periods of the picture, the empty ones too; the shortest kind of which there are at most `most`."""
    spans = _spans(found, most)
    kept: list[list[int]] = [[] for _ in spans]
    missed: list[list[int]] = [[] for _ in spans]
    at = 0
    for number in sorted(range(len(found.detail.cases)), key=lambda one: found.detail.cases[one].at):
        case = found.detail.cases[number]
        while at + 1 < len(spans) and case.at >= spans[at + 1][0]:
            at += 1
        (kept if case.value else missed)[at].append(number)
    return [
        Period(start, name, tuple(yes), tuple(no)) for (start, name), yes, no in zip(spans, kept, missed, strict=True)
    ]


def _spans(found: Plot, most: int) -> list[_Span]:
    start, end = found.times.start, found.times.end
    kinds = [_weeks] if end - start <= _SHORT else []
    for kind in (*kinds, _months, _quarters):
        if len(spans := list(kind(start, end))) <= most:
            return spans
    return list(_years(start, end))


def _weeks(start: datetime, end: datetime) -> Iterator[_Span]:
    at = _midnight(start) - timedelta(days=start.weekday())
    while at <= end:
        yield at, f"{at:%Y-%m-%d}"
        at += timedelta(weeks=1)


def _months(start: datetime, end: datetime, step: int = 1) -> Iterator[_Span]:
    month = start.year * 12 + (start.month - 1) // step * step
    while month <= end.year * 12 + end.month - 1:
        at = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        yield at, f"{at:%Y-%m}" if step == 1 else f"{at.year} Q{at.month // 3 + 1}"
        month += step


def _quarters(start: datetime, end: datetime) -> Iterator[_Span]:
    return _months(start, end, 3)


def _years(start: datetime, end: datetime) -> Iterator[_Span]:
    return ((datetime(year, 1, 1, tzinfo=UTC), str(year)) for year in range(start.year, end.year + 1))


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


# ------------------------------------------------------------------ lines
def shares_lines(
    detail: FigureDetail, width: int, height: int, *, glyphs: Glyphs = UNICODE, cursor: int | None = None
) -> list[Line]:
    """A row a period with a mark for each case, those that were so before the others."""
    width = max(width, LEAST_WIDTH)
    if not detail.cases:
        return wrapped(f"No case: {summary(detail.figure)}.", width)
    found = plot(detail)
    rows = periods(found, max(height - len(found.in_force) - 3, _FEWEST))
    names, counts = (max(len(text) for text in texts) for texts in zip(*((r.name, r.text) for r in rows), strict=True))
    room = width - names - counts - 4
    each = max(math.ceil(max(one.of for one in rows) / room), 1)
    size = math.ceil(max(one.of for one in rows) / each)
    lines: list[Line] = []
    for one in chronological(rows, found.in_force):
        if isinstance(one, Period):
            marks = _marks(one, each, glyphs, cursor)
            gap = " " * (size - len(marks))
            mine = Span(f"{gap}  {one.text:>{counts}}", "total")
            lines.append((Span(f"{one.name:{names}}  ", "label"), *marks, mine))
        else:
            lines.append((Span(f"{'':{names}}  {boundary_text(one)}", "boundary"),))
    legend = [f"{glyphs.kept} yes", f"{glyphs.missed} no"]
    if each > 1:
        legend.append(f"a mark is up to {each} cases")
    said = f"{summary(detail.figure)}. {found.times.text} UTC."
    return [*lines, *wrapped("  ".join(legend), width, "label"), *wrapped(said, width)]


def chronological(rows: Sequence[Period], boundaries: Sequence[VersionBoundary]) -> list[Period | VersionBoundary]:
    """Periods, and between them the versions that came into force since the one before began."""
    both: list[Period | VersionBoundary] = [*boundaries, *rows]
    return sorted(both, key=lambda one: one.start if isinstance(one, Period) else one.at)


def boundary_text(one: VersionBoundary) -> str:
    return f"{fit(safe_line(one.name), _NAME)} from {one.at.astimezone(UTC):%Y-%m-%d}"


def _marks(period: Period, each: int, glyphs: Glyphs, cursor: int | None) -> list[Span]:
    """The marks of a period: none of either kind is lost, however many cases a mark stands for."""
    length = math.ceil(period.of / each)
    yes = round(length * len(period.kept) / period.of) if period.of else 0
    if length > 1:
        yes = min(max(yes, bool(period.kept)), length - bool(period.missed))
    spans = [Span(glyphs.kept, "kept")] * yes + [Span(glyphs.missed, "missed")] * (length - yes)
    if cursor in period.kept:
        at = min(period.kept.index(cursor) // each, max(yes - 1, 0))
    elif cursor in period.missed:
        at = min(yes + period.missed.index(cursor) // each, length - 1)
    else:
        return spans
    spans[at] = Span(spans[at].text, "cursor")
    return spans
