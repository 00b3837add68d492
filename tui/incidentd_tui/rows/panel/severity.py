"""SEVERITY: what the matrix says, and which unknown would change it."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, theme
from incidentd_tui.rows.panel.section import Room, Section
from incidentd_tui.rows.severity import unknown_texts


def _rows(room: Room) -> Sequence[int]:
    found = room.detail.classification
    return range(1 + len(unknown_texts(found.now.unknown))) if found is not None else ()


def _tail(room: Room) -> str:
    found = room.detail.classification
    if found is None:
        return ""
    return f"{room.detail.incident.severity} by hand" if found.overridden else f"{found.level} by the matrix"


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    found = room.detail.classification
    if found is None:
        return []
    if number:
        texts = paint.wrap(unknown_texts(found.now.unknown)[number - 1], width - 2, 3)
        return [[("? " if not index else "  ", theme.warning), (text, theme.muted)] for index, text in enumerate(texts)]
    lines: list[paint.Line] = [
        [(text, theme.plain)] for text in paint.wrap(f"{found.level} {found.rule_text} ({found.rule})", width, 3)
    ]
    if found.overridden:
        lines += [
            [(text, theme.plain)] for text in paint.wrap(f"by hand: {found.reason or 'no reason given'}", width, 3)
        ]
    if found.now.level is not found.level:
        now = f"the matrix in force now says {found.now.level} ({found.now.rule})"
        lines += [[(text, theme.warning)] for text in paint.wrap(now, width, 2)]
    return lines


SECTION = Section(name="severity", heading="SEVERITY", rows=_rows, tail=_tail, paint=_paint, enter="room.severity")
