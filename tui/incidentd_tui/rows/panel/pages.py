"""PAGES: who was called because of the incident, and how far each call is."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, theme
from incidentd_tui.rows import pages
from incidentd_tui.rows.panel.section import Room, Section


def _rows(room: Room) -> Sequence[int]:
    return room.detail.incident.page_ids


def _tail(room: Room) -> str:
    return str(len(room.detail.incident.page_ids))


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    page = room.model.pages.get(number)
    if page is None:
        return [[(f"P-{number}", theme.muted), ("  resolved", theme.faint)]]
    left: paint.Line = [(f"P-{number} ", theme.muted), (", ".join(page.notified) or page.service, theme.plain)]
    signs = [[("  ", theme.plain), *line] for line in pages.signs(room.model, page, width - 2)]
    return [paint.between(left, [pages.state(room.model, page)], width), *signs]


SECTION = Section(name="page", heading="PAGES", rows=_rows, tail=_tail, paint=_paint, enter="room.why")
