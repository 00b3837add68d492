"""RESEMBLES: what was tried in earlier incidents that resemble this one. Facts only, not what they concluded."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.panel.section import Room, Section, hung


def _rows(room: Room) -> Sequence[int]:
    return [one.id for one in room.past]


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    one = next(one for one in room.past if one.id == number)
    day = phrases.day_hour(one.started_at, room.model.now(), room.model.zone)
    lines: list[paint.Line] = [[(f"INC-{one.id} ", theme.primary), (f"{day}  {one.title}", theme.muted)]]
    for past in one.attempts:
        lines += hung(("↺ ", theme.primary), past.said, theme.plain, width, 3)
    return [*lines, [(paint.crop(f"  {'; '.join(one.reasons)}", width), theme.faint)]]


SECTION = Section(
    name="past",
    heading="RESEMBLES",
    rows=_rows,
    paint=_paint,
    tail=lambda _: "tried before · ↵ opens it",
    enter="room.why",
)
