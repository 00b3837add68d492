"""RULES: what the process asks for and is not so right now. Nothing of it blocks anybody."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.panel.section import Room, Section, hung


def _rows(room: Room) -> Sequence[int]:
    return range(len(room.detail.incident.violations))


def _tail(room: Room) -> str:
    return f"{len(room.detail.incident.violations)} broken now"


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    broken = room.detail.incident.violations[number]
    ago = phrases.age(broken.since, room.model.now()) if broken.since else "now"
    since = f" (for {ago})" if ago != "now" else ""
    return hung(("▲ ", theme.warning), broken.text + since, theme.plain, width, 4)


SECTION = Section(name="rule", heading="RULES", rows=_rows, tail=_tail, paint=_paint)
