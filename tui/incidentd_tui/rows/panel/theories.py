"""THEORIES: what may be going on, those that are ruled out last."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, theme
from incidentd_tui.rows.panel.section import Room, Section, hung, said_last

_ORDER = {"supported": 0, "open": 1, "ruled_out": 2}
_MARKS = {
    "supported": ("✓ ", "", theme.success),
    "open": ("? ", "", theme.primary),
    "ruled_out": ("✗ ", "ruled out: ", theme.muted),
}


def _rows(room: Room) -> Sequence[int]:
    ordered = sorted(room.detail.theories, key=lambda one: (_ORDER.get(one.state, 1), one.id))
    return [one.id for one in ordered]


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    theory = next(one for one in room.detail.theories if one.id == number)
    mark, words, style = _MARKS.get(theory.state, _MARKS["open"])
    told = [one.word for one in theory.verdicts]
    weighed = f"  +{told.count('for')} −{told.count('against')}" if {"for", "against"} & set(told) else ""
    text_style = theme.muted if theory.state == "ruled_out" else theme.plain
    lines = hung((mark, style), f"{words}{theory.text}{weighed}", text_style, width, 3)
    return [*lines, *said_last(theory.verdicts, width)]


SECTION = Section(name="theory", heading="THEORIES", rows=_rows, paint=_paint, enter="room.outcome")
