"""A figure before and after: the sentence first, both sides with what they are of, and nothing that judges."""

from __future__ import annotations

from incidentd.domain.pictures.quantities import quantity
from incidentd.wire.figures import Compared, ComparedSide
from incidentd_tui import paint, theme
from incidentd_tui.gauges import gauge

_LABEL = 22
_VALUE = 24
_WHAT = (
    "Both sides were drawn anew, at random, from all the values together, as if nothing had changed between them. "
    "The sentence says how often that alone moves the figure as far. It says nothing of why it moved."
)


def lines(found: Compared, width: int) -> list[paint.Line]:
    """What is read when the answer comes."""
    told: list[paint.Line] = [[(text, theme.bold)] for text in paint.wrap(str(found.sentence), width, 6)]
    told += [[], _side(found, found.before, width), _side(found, found.after, width)]
    if found.by_chance is not None:
        told += [[], [(f"{found.draws:,} draws".replace(",", " "), theme.muted), *_change(found)]]
        told += [[], *([(text, theme.muted)] for text in paint.wrap(_WHAT, width, 6))]
    if found.also:
        told += [[], [("WHAT ELSE DIFFERS", theme.heading)]]
        told += [
            [("· " if not at else "  ", theme.primary), (text, theme.plain)]
            for also in found.also
            for at, text in enumerate(paint.wrap(str(also), width - 2, 3))
        ]
    told += [[], [("WHAT IS COUNTED", theme.heading)]]
    told += [[(text, theme.plain)] for text in paint.wrap(str(found.figure.definition), width, 12)]
    return told


def _side(found: Compared, side: ComparedSide, width: int) -> paint.Line:
    label = paint.fit(str(side.label), min(_LABEL, width // 3))
    of: paint.Span = (f"  {side.n:>4} cases  ", theme.muted)
    if side.value is None:
        return [(label, theme.plain), of, ("no value", theme.muted)]
    if found.figure.kind != "share":
        return [(label, theme.plain), of, (f"{found.statistic} {quantity(side.value, found.figure.unit)}", theme.bold)]
    part = round(side.value * side.n)
    bar = max(min(width - _LABEL - _VALUE, 24), 4)
    return [(label, theme.plain), of, (gauge(part, side.n, bar), theme.primary), (f" {part} of {side.n}", theme.bold)]


def _change(found: Compared) -> paint.Line:
    """How far it moved, of where it was before; nothing where it was at none."""
    if found.change is None or not found.change:
        return []
    percent = round(abs(found.change) * 100)
    much = f"{percent} %" if percent else "less than 1 %"
    return [(f" · {much} {'lower' if found.change < 0 else 'higher'} than before", theme.muted)]
