"""Cases by week, month, quarter or year: what a share and a count are drawn by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from incidentd.domain.pictures.glyphs import severity_style
from incidentd.domain.pictures.plot import Plot
from incidentd.domain.severity import Severity
from incidentd.wire.figures import FigureCase, FigureDetail, VersionBoundary

_SHORT = timedelta(days=70)  # what is shorter is shown by weeks
_Span = tuple[datetime, str]


class Period(NamedTuple):
    """The cases of a period, by their number in the detail, those of one style together in the order of `styles`."""

    start: datetime
    name: str  # 2026-03-02 (a week) | 2026-03 | 2026 Q1 | 2026
    groups: tuple[tuple[int, ...], ...]
    text: str  # 12 of 15; of a count 12

    @property
    def of(self) -> int:
        return sum(map(len, self.groups))


def styles(detail: FigureDetail) -> list[str]:
    """The kinds of case in the order in which they are drawn: yes and no of a share, severities of a count."""
    if detail.figure.kind == "share":
        return ["kept", "missed"]
    used = {case.severity for case in detail.cases}
    return [severity_style(one) for one in (*Severity, None) if one in used]


def style_words(detail: FigureDetail, style: str) -> str:
    """What a style of `styles` means."""
    if style == "unrated":
        return "no severity" if len(styles(detail)) > 1 else "a case"
    return {"kept": "yes", "missed": "no"}.get(style, style.upper())


def _style(detail: FigureDetail, case: FigureCase) -> str:
    if detail.figure.kind == "share":
        return "kept" if case.value else "missed"
    return severity_style(case.severity)


def periods(found: Plot, most: int) -> list[Period]:
    """All periods of the picture, the empty ones too; the shortest kind of which there are at most `most`."""
    detail, spans, known = found.detail, _spans(found, most), styles(found.detail)
    groups: list[dict[str, list[int]]] = [{style: [] for style in known} for _ in spans]
    at = 0
    for number in sorted(range(len(detail.cases)), key=lambda one: detail.cases[one].at):
        case = detail.cases[number]
        while at + 1 < len(spans) and case.at >= spans[at + 1][0]:
            at += 1
        groups[at][_style(detail, case)].append(number)
    return [
        Period(start, name, tuple(map(tuple, mine.values())), _text(detail, list(mine.values())))
        for (start, name), mine in zip(spans, groups, strict=True)
    ]


def _text(detail: FigureDetail, groups: Sequence[Sequence[int]]) -> str:
    of = sum(map(len, groups))
    if detail.figure.kind != "share":
        return str(of)
    return f"{len(groups[0])} of {of}" if of else "none"


def chronological(rows: Sequence[Period], boundaries: Sequence[VersionBoundary]) -> list[Period | VersionBoundary]:
    """Periods, and between them the versions that came into force since the one before began."""
    both: list[Period | VersionBoundary] = [*boundaries, *rows]
    return sorted(both, key=lambda one: one.start if isinstance(one, Period) else one.at)


# ------------------------------------------------------------------ the calendar
def _spans(found: Plot, most: int) -> list[_Span]:
    start, end = found.times.start, found.times.end
    kinds = [_weeks] if end - start <= _SHORT else []
    for kind in (*kinds, _months, _quarters):
        if len(spans := list(kind(start, end))) <= most:
            return spans
    return list(_years(start, end))


def _weeks(start: datetime, end: datetime) -> Iterator[_Span]:
    at = start.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=start.weekday())
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
