"""The panel beside the timeline, in sections. A row is (section, number); a head is numbered -1, a gap -2."""

from __future__ import annotations

from incidentd_tui import paint, theme
from incidentd_tui.rows.panel import (
    alerts,
    attached,
    chat,
    checklist,
    here,
    known,
    measures,
    pages,
    past,
    pinned,
    related,
    reports,
    roles,
    rules,
    severity,
    theories,
    tried,
    updates,
    window,
)
from incidentd_tui.rows.panel.section import Room, Section

__all__ = ["SECTIONS", "Key", "Room", "Section", "keys", "row", "section"]

Key = tuple[str, int]
_GAP, _HEAD = -2, -1
SECTIONS = (
    pinned.SECTION,
    rules.SECTION,
    severity.SECTION,
    roles.SECTION,
    here.SECTION,
    known.SECTION,
    theories.SECTION,
    tried.SECTION,
    past.SECTION,
    checklist.SECTION,
    updates.SECTION,
    window.SECTION,
    alerts.SECTION,
    reports.SECTION,
    attached.SECTION,
    pages.SECTION,
    chat.SECTION,
    related.SECTION,
    measures.SECTION,
)
"""In the order in which they stand."""
_BY_NAME = {one.name: one for one in SECTIONS}


def section(name: str) -> Section | None:
    """The section of that name."""
    return _BY_NAME.get(name)


def keys(room: Room) -> list[Key]:
    """Every row, of those sections that have something to say."""
    found: list[Key] = []
    for one in SECTIONS:
        numbers = one.rows(room)
        if numbers or one.empty:
            found += [(one.name, _GAP)] if found else []
            found += [(one.name, _HEAD), *((one.name, number) for number in numbers)]
    return found


def row(room: Room, key: Key, width: int) -> list[paint.Line]:
    """The lines of one row in `width` cells."""
    name, number = key
    shown = _BY_NAME[name]
    if number == _GAP:
        return [[]]
    if number == _HEAD:
        return [[(shown.heading, theme.heading), (f"  {shown.tail(room)}", theme.faint)]]
    try:
        return shown.paint(room, number, width)
    except LookupError:  # it is gone; the rows that follow will not have it any more
        return [[]]
