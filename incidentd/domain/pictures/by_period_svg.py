"""A share or a count by period as SVG: a small picture a period, with a sign for each case and the number in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from incidentd.domain.pictures.captions import caption, explanation, period_text, scope_text
from incidentd.domain.pictures.periods import Period, periods, style_words, styles
from incidentd.domain.pictures.plot import Plot, plot
from incidentd.domain.pictures.shapes import SIZE, shape
from incidentd.domain.pictures.sheet import (
    HEAD,
    MARGIN,
    WIDTH,
    Sheet,
    Sign,
    drawn,
    hint,
    label,
    legend,
    line,
    paragraph,
)
from incidentd.domain.pictures.version_labels import version_labels
from incidentd.wire.figures import FigureDetail

_MOST = 16  # periods beside each other
_TOP, _HEIGHT = HEAD + 34, 220  # the most room for squares
_GAP = 14  # left free between periods


class _Squares(NamedTuple):
    """How the cases of every period are laid out."""

    size: float
    beside: int  # in a row
    base: float  # on which they stand


def period_svg(detail: FigureDetail, ident: str) -> str:
    """The picture of a share or a count; periods are as long as sixteen of them need."""
    found = plot(detail)
    rows = periods(found, _MOST)
    column = (WIDTH - 2 * MARGIN) / len(rows)
    squares = _squares(max(one.of for one in rows), min(column - _GAP, 10 * SIZE))
    known = styles(detail)
    meant = [Sign(shape(style), style_words(detail, style)) for style in known]
    signs, y = legend(squares.base + 64, meant)
    told, y = paragraph(y, caption(found), "ink")
    defined, y = paragraph(y + 4, f"{detail.figure.definition} {detail.figure.note}".strip())
    text = f"{'; '.join(f'{one.name}: {one.text}' for one in rows)}. {explanation(found)}"
    subtitle = ", ".join(filter(None, (scope_text(detail.scope, detail.boundaries), period_text(found))))
    body = [
        *_boundaries(found, rows, column, squares.base),
        *(mark for at, one in enumerate(rows) for mark in _panel(one, MARGIN + at * column, column, squares, known)),
        line(MARGIN, squares.base, WIDTH - MARGIN, squares.base, "edge-stroke"),
        *signs,
        *told,
        *defined,
    ]
    return drawn(Sheet(ident, detail.figure.title, subtitle, text, y + 4), body)


def _squares(most: int, width: float) -> _Squares:
    """The greatest squares of which `most` have room in a column."""
    size = float(SIZE)
    while True:
        beside = max(int(width // size), 1)
        if math.ceil(most / beside) * size <= _HEIGHT:
            beside = min(beside, max(math.ceil(math.sqrt(most)), 4))
            return _Squares(size, beside, _TOP + max(math.ceil(most / beside), 1) * size + 4)
        size *= 0.95


def _panel(period: Period, left: float, width: float, squares: _Squares, known: Sequence[str]) -> Iterator[str]:
    start = left + (width - squares.beside * squares.size) / 2
    said = hint(f"{period.name}: {period.text}")
    yield f"<g>{said}"
    drawn = (style for style, group in zip(known, period.groups, strict=True) for _ in group)
    for number, style in enumerate(drawn):
        x = start + (number % squares.beside + 0.5) * squares.size
        y = squares.base - 3 - (number // squares.beside + 0.5) * squares.size
        yield _sign(x, y, squares.size, style)
    yield "</g>"
    middle = left + width / 2
    yield label(middle, squares.base + 18, period.text, "ink bold middle")
    yield label(middle, squares.base + 34, period.name, "soft middle")


def _sign(x: float, y: float, size: float, style: str) -> str:
    """A group even where nothing is scaled, so that every case is one element."""
    scale = f" scale({size / SIZE:.3g})" if size < SIZE else ""
    return f'<g transform="translate({x:.1f},{y:.1f}){scale}">{shape(style)}</g>'


def _boundaries(found: Plot, rows: Sequence[Period], column: float, base: float) -> Iterator[str]:
    """Each version where its day is within the period in which it came into force."""
    starts = [one.start for one in rows]
    places = []
    for one in found.in_force:
        at = max((number for number, start in enumerate(starts) if start <= one.at), default=0)
        end = starts[at + 1] if at + 1 < len(starts) else max(found.times.end, one.at)
        share = (one.at - starts[at]) / (end - starts[at]) if end > starts[at] else 0.0
        x = MARGIN + (at + min(max(share, 0.0), 1.0)) * column
        places.append((x, one))
        if one != found.before:
            yield line(x, _TOP - 8, x, base, "none edge-stroke dash", 1.5)
    yield from version_labels(places, _TOP - 14, WIDTH - MARGIN)
