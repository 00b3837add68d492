"""UPDATES: what others were told, and when the next one is owed."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.panel.section import Room, Section


def _rows(room: Room) -> Sequence[int]:
    return range(len(room.detail.updates))


def _tail(room: Room) -> str:
    due = room.detail.incident.next_update_at
    return "none promised" if due is None else f"next due {phrases.day_hour(due, room.model.now(), room.model.zone)}"


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    update = room.detail.updates[number]
    at = phrases.day_hour(update.at, room.model.now(), room.model.zone)
    head: paint.Line = [
        (f"#{number + 1} {at} ", theme.muted),
        (update.phase, theme.primary),
        (f" → {update.audience}", theme.muted),
    ]
    return [head, *([("  " + text, theme.plain)] for text in paint.wrap(update.text, width - 2, 3))]


SECTION = Section(name="update", heading="UPDATES", rows=_rows, tail=_tail, paint=_paint, empty=True)
