"""What the weeks asked of a team: its pages, those in sleep hours apart, incidents, and project days left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from incidentd.domain.display import safe_line
from incidentd.domain.pictures.glyphs import UNICODE, Glyphs
from incidentd.domain.pictures.spans import LEAST_WIDTH, Line, Span, flowed, wrapped
from incidentd.domain.pictures.tables import Table
from incidentd.domain.pictures.tally import each_mark, marks
from incidentd.wire.figures import Load, LoadWeek


class Hours(NamedTuple):
    """The pages of a week by when they came; the three do not overlap."""

    sleep: int
    off: int  # outside of working hours, awake
    day: int


def hours(week: LoadWeek) -> Hours:
    off = max(week.off_hours - week.sleep_hours, 0)
    return Hours(week.sleep_hours, off, max(week.pages - week.sleep_hours - off, 0))


def left_alone(week: LoadWeek) -> str:
    """Project days without an interruption: 14 of 20; "none" where nobody was on project work."""
    return f"{week.project_days - week.leaks} of {week.project_days}" if week.project_days else "none"


def load_lines(load: Load, width: int, *, glyphs: Glyphs = UNICODE) -> list[Line]:
    """A row a week in `width` columns, 40 at least: a mark a page (sleep first), and numbers."""
    width = max(width, LEAST_WIDTH)
    if not load.weeks:
        return wrapped("No week.", width)
    wide = width >= _WIDE
    head = _HEAD if wide else _SHORT_HEAD
    rows = [_numbers(week, wide=wide) for week in load.weeks]
    sizes = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    room = width - sum(sizes) - 2 * len(sizes)
    found = [hours(week) if room >= len(Hours._fields) else _NO_ROOM for week in load.weeks]
    each = each_mark(found, room)
    signs = [(sign, style) for sign, style, _ in _kinds(glyphs)]
    bars = [marks(one, signs, each) for one in found]
    size = max(map(len, bars))
    lines: list[Line] = [_row(head, sizes, (), size, "label")]
    lines += [_row(row, sizes, bar, size, "total") for row, bar in zip(rows, bars, strict=True)]
    return [*lines, *flowed(_legend(each, glyphs), width), *wrapped(caption(load), width)]


_NO_ROOM = Hours(0, 0, 0)  # numbers alone
_WIDE = 64
_HEAD = ("WEEK FROM", "PAGES", "SLEEP", "INCIDENTS", "DAYS LEFT ALONE")
_SHORT_HEAD = ("FROM", "PG", "SL", "INC", "ALONE")


def _numbers(week: LoadWeek, *, wide: bool) -> tuple[str, ...]:
    day = f"{week.day:%Y-%m-%d}" if wide else f"{week.day:%d %b}"
    return day, str(week.pages), str(week.sleep_hours), str(week.incidents), left_alone(week)


def _row(cells: tuple[str, ...], sizes: list[int], bar: Sequence[Span], size: int, style: str) -> Line:
    """The first cell, the marks, the other cells to the right."""
    gap = " " * (size - len(bar))
    others = "  ".join(f"{cell:>{room}}" for cell, room in zip(cells[1:], sizes[1:], strict=True))
    return (Span(f"{cells[0]:{sizes[0]}}  ", "label"), *bar, Span(f"{gap}  {others}", style))


def _legend(each: int, glyphs: Glyphs) -> Iterator[Line]:
    for sign, style, text in _kinds(glyphs):
        yield Span(sign, style), Span(f" {text}", "label")
    if each > 1:
        yield (Span(f"a mark is up to {each} pages", "label"),)


def _kinds(glyphs: Glyphs) -> tuple[tuple[str, str, str], ...]:
    """Sign, style and meaning of a page, in the order of `Hours`."""
    return (
        (glyphs.sleep, "sleep", "page in sleep hours"),
        (glyphs.off, "off", "outside working hours"),
        (glyphs.day, "day", "in working hours"),
    )


def caption(load: Load) -> str:
    pages, sleep = sum(week.pages for week in load.weeks), sum(week.sleep_hours for week in load.weeks)
    days = sum(week.project_days for week in load.weeks)
    alone = days - sum(week.leaks for week in load.weeks)
    return (
        f"Team {safe_line(load.team, 60)}, {len(load.weeks)} weeks ({safe_line(load.zone, 60)}):"
        f" {pages} pages, {sleep} of them in sleep hours; {alone} of {days} project days left alone."
    )


def load_table(load: Load) -> Table:
    """A row a week."""
    head = (
        "week from", "pages", "outside working hours", "in sleep hours", "incidents", "project days left alone",
        "project days",
    )  # fmt: skip
    rows = [
        (
            f"{week.day}",
            *(week.pages, week.off_hours, week.sleep_hours, week.incidents),
            *(week.project_days - week.leaks, week.project_days),
        )
        for week in load.weeks
    ]
    return Table(caption(load), head, tuple(rows))
