"""PINNED: the moments that count most. Enter goes to one in the timeline."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, phrases, theme, vocabulary
from incidentd_tui.rows.panel.section import Room, Section


def _rows(room: Room) -> Sequence[int]:
    return [one.seq for one in room.entries.values() if one.pinned]


def _tail(room: Room) -> str:
    return f"{len(_rows(room))} · ↵ goes there"


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    entry = room.entries.get(number)
    if entry is None:
        return [[]]
    glyph, _, style = vocabulary.timeline_mark(entry.kind)
    head: paint.Line = [
        (f"{phrases.hour(entry.observed_at, room.model.zone)} ", theme.muted),
        (f"{glyph} ", style),
    ]
    indent = paint.width_of(head)
    texts = paint.wrap(entry.text, width - indent, 2)
    return [
        [*(head if not index else [(" " * indent, theme.plain)]), (text, theme.plain)]
        for index, text in enumerate(texts)
    ]


SECTION = Section(name="pin", heading="PINNED", rows=_rows, tail=_tail, paint=_paint, enter="room.jump")
