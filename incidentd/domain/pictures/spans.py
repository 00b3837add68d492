"""What a text picture is made of: lines of spans, each with the name of a style; who shows them gives it a look."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from incidentd.domain.columns import width as width_of
from incidentd.domain.columns import wrap
from incidentd.domain.display import safe_line

LEAST_WIDTH = 40
STYLES = (
    "", "label", "axis", "boundary", "interval", "median", "caption", "cursor",
    "sev1", "sev2", "sev3", "sev4", "sev5", "unrated",
    "kept", "missed",
    "step0", "step1", "step2", "step3", "step4", "total",
    "sleep", "off", "day",
)  # fmt: skip
"""Every style that a span names. `sev1`, `missed`, `step4` and `sleep` are the heaviest of their kind."""


class Span(NamedTuple):
    """Text that is harmless on a screen, and how it looks."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


def plain(line: Line) -> str:
    """A line without its styles."""
    return "".join(span.text for span in line).rstrip()


def wrapped(text: str, width: int, style: str = "caption") -> list[Line]:
    """Running text in lines of `width` columns."""
    return [(Span(line, style),) for line in wrap(safe_line(text), width)]


def flowed(items: Iterable[Line], width: int, gap: str = "  ") -> list[Line]:
    """Items beside each other as long as they fit, each kept whole."""
    lines: list[Line] = []
    for item in items:
        joined = (*lines[-1], Span(gap), *item) if lines else item
        if lines and width_of(plain(joined)) <= width:
            lines[-1] = joined
        else:
            lines.append(item)
    return lines


class Canvas:
    """A frame of cells to draw in: what is drawn later covers what was there, and nothing leaves the frame."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._cells = [[Span(" ")] * width for _ in range(height)]

    def put(self, row: int, column: int, text: str, style: str = "") -> None:
        """`text` from a cell on; what would stand outside of the frame is left out."""
        if not 0 <= row < self.height:
            return
        for char in text:
            size = width_of(char)
            if size and column >= 0 and column + size <= self.width:
                self._cells[row][column : column + size] = [Span(char, style), *[Span("", style)] * (size - 1)]
            column += size

    def free(self, row: int, start: int, end: int) -> bool:
        """Whether nothing was drawn into the cells from `start` until before `end`."""
        return all(cell.text == " " for cell in self._cells[row][max(start, 0) : end])

    def lines(self) -> list[Line]:
        """What was drawn, neighbours of one style together."""
        return [
            tuple(Span("".join(cell.text for cell in run), style) for style, run in groupby(row, lambda one: one.style))
            for row in self._cells
        ]
