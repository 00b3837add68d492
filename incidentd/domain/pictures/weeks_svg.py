"""Figures of weeks as bars above each other in panels, as SVG: told apart by pattern, each with its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from incidentd.domain.pictures.sheet import (
    HEAD,
    MARGIN,
    Sheet,
    Sign,
    box,
    drawn,
    identifier,
    label,
    legend,
    line,
    paragraph,
)

LINES, POINTS, SOLID = "lines", "points", "ink"
"""What a bar may be filled with besides the classes of a sheet: two patterns, and black."""
_LEAST_WIDTH, _COLUMN, _HEIGHT = 640, 64, 90
_ABOVE, _LEGEND, _BELOW = 28, 22, 52  # around the bars of a panel


class Part(NamedTuple):
    """A piece of a bar: its share of the panel's height, and its fill."""

    share: float
    fill: str


class Bar(NamedTuple):
    """Pieces on each other, the lowest first, and what stands over them."""

    parts: tuple[Part, ...]
    label: str


class Panel(NamedTuple):
    """For each week its bars; none where there is nothing to count."""

    title: str
    weeks: Sequence[Sequence[Bar]]
    fills: tuple[tuple[str, str], ...] = ()  # fill and what it means


class Weeks(NamedTuple):
    """A picture of weeks; `text` says the same in words, `foot` stands under it."""

    ident: str
    title: str
    subtitle: str
    text: str
    days: Sequence[date]  # on which the weeks begin
    panels: Sequence[Panel]
    foot: Sequence[str] = ()


def weeks_svg(found: Weeks) -> str:
    """The document, as wide as its weeks need."""
    width = max(2 * MARGIN + _COLUMN * len(found.days), _LEAST_WIDTH)
    body: list[str] = []
    y: float = HEAD + 28
    for panel in found.panels:
        base = y + _ABOVE + (_LEGEND if panel.fills else 0) + _HEIGHT
        body += _panel(found, panel, y, base, width)
        y = base + _BELOW
    for number, text in enumerate(found.foot):
        lines, y = paragraph(y, text, "soft" if number else "ink", width)
        body += lines
        y += 4
    return drawn(Sheet(found.ident, found.title, found.subtitle, found.text, y + 4, width), body)


def fill(ident: str, name: str) -> str:
    """How a box of the picture `ident` is filled."""
    return f"url(#{identifier(ident)}-{name})" if name in (LINES, POINTS) else name


def _panel(found: Weeks, panel: Panel, top: float, base: float, width: float) -> Iterator[str]:
    yield label(MARGIN, top, panel.title, "ink bold")
    signs = [Sign(box(-6, -6, 12, 12, fill(found.ident, name)), text) for name, text in panel.fills]
    yield from legend(top + 19, signs, width)[0]
    yield line(MARGIN, base, width - MARGIN, base, "edge-stroke")
    for number, (day, bars) in enumerate(zip(found.days, panel.weeks, strict=True)):
        left = MARGIN + number * _COLUMN
        yield label(left, base + 15, f"{day.day} {day:%b}", "soft")
        if not bars:
            yield label(left, base - 4, "no data", "soft small")
        size = (_COLUMN - 16) / max(len(bars), 1)
        for place, bar in enumerate(bars):
            yield from _bar(found.ident, bar, left + place * size, size - 2, base)


def _bar(ident: str, bar: Bar, x: float, width: float, base: float) -> Iterator[str]:
    for part in bar.parts:
        high = part.share * _HEIGHT
        base -= high
        if high:
            yield box(x, base, width, high, fill(ident, part.fill))
    yield label(x, base - 4, bar.label, "ink small")
