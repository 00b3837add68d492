"""A share or a count by period: for each week, month, quarter or year how many, and no line from one to another."""

from __future__ import annotations

from collections.abc import Iterator

from incidentd.domain.columns import fit
from incidentd.domain.display import safe_line
from incidentd.domain.pictures.captions import boundary_text, caption, period_text
from incidentd.domain.pictures.glyphs import UNICODE, Glyphs
from incidentd.domain.pictures.periods import Period, chronological, periods, style_words, styles
from incidentd.domain.pictures.plot import Plot, plot
from incidentd.domain.pictures.quantities import summary
from incidentd.domain.pictures.spans import LEAST_WIDTH, Line, Span, flowed, wrapped
from incidentd.domain.pictures.tally import each_mark, lengths, marks, place
from incidentd.wire.figures import FigureDetail

_FEWEST = 4  # periods there is always room for


def period_lines(
    detail: FigureDetail, width: int, height: int, *, glyphs: Glyphs = UNICODE, cursor: int | None = None
) -> list[Line]:
    """A row a period with a mark for each case: yes before no, and of a count the worst severity first."""
    width = max(width, LEAST_WIDTH)
    if not detail.cases:
        return wrapped(f"No case: {summary(detail.figure)}.", width)
    found = plot(detail)
    said = wrapped(f"{caption(found)} {period_text(found)}.", width)
    rows = periods(found, max(height - len(found.in_force) - len(said) - 1, _FEWEST))
    names, counts = (max(len(text) for text in texts) for texts in zip(*((r.name, r.text) for r in rows), strict=True))
    room = width - names - counts - 4
    numbers = [[len(group) for group in one.groups] for one in rows]
    each = each_mark(numbers, room)
    size = max(lengths(numbers, each))
    lines: list[Line] = []
    for one in chronological(rows, found.in_force):
        if isinstance(one, Period):
            drawn = _marks(found, one, each, glyphs, cursor)
            total = Span(f"{' ' * (size - len(drawn))}  {one.text:>{counts}}", "total")
            lines.append((Span(f"{one.name:{names}}  ", "label"), *drawn, total))
        else:
            lines.append((Span(f"{'':{names}}  {fit(safe_line(boundary_text(one)), room)}", "boundary"),))
    return [*lines, *flowed(_legend(detail, each, glyphs), width), *said]


def _marks(found: Plot, period: Period, each: int, glyphs: Glyphs, cursor: int | None) -> list[Span]:
    signs = [(glyphs.sign(style), style) for style in styles(found.detail)]
    drawn = marks([len(group) for group in period.groups], signs, each)
    if cursor is not None and (at := place(period.groups, cursor, each)) is not None:
        drawn[at] = Span(drawn[at].text, "cursor")
    return drawn


def _legend(detail: FigureDetail, each: int, glyphs: Glyphs) -> Iterator[Line]:
    for style in styles(detail):
        yield Span(glyphs.sign(style), style), Span(f" {style_words(detail, style)}", "label")
    if each > 1:
        yield (Span(f"a mark is up to {each} cases", "label"),)
