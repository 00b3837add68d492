"""OTHER INCIDENTS: what they are to this one, and those that may have come back in it. Enter opens one."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, theme
from incidentd_tui.rows.panel.section import Room, Section, hung

_WORDS = {
    "resembles": "resembles",
    "split_into": "split off it",
    "split_from": "it was split off",
    "merged": "merged into it",
    "recurrence": "may have come back",
}


def _rows(room: Room) -> Sequence[int]:
    return range(len(room.detail.related))


def _tail(room: Room) -> str:
    offered = sum(one.kind == "recurrence" for one in room.detail.related)
    return f"{offered} offered: =" if offered else f"{len(room.detail.related)} · ↵ opens it"


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    one = room.detail.related[number]
    mark = ("? ", theme.warning) if one.kind == "recurrence" else ("≈ ", theme.muted)
    words = _WORDS.get(one.kind, one.kind.replace("_", " "))
    lines = hung(mark, f"{words} INC-{one.incident_id} {one.title}", theme.plain, width, 2)
    return lines + hung(("  ", theme.faint), one.why, theme.faint, width, 2) if one.why else lines


SECTION = Section(name="other", heading="OTHER INCIDENTS", rows=_rows, tail=_tail, paint=_paint, enter="room.why")
