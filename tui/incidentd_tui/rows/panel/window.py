"""WINDOW: when the review may be held, why then, who opened it early, and who sees to it."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.review_words import reasons
from incidentd_tui import paint, theme
from incidentd_tui.rows import review_window
from incidentd_tui.rows.panel.section import Room, Section, hung

_STANDING, _OWNER = 0, 1
_REASONS = 2  # rows from here on


def _reasons(room: Room) -> list[str]:
    found = room.detail.window
    return [] if found is None else reasons(found.nights, found.openings)


def _rows(room: Room) -> Sequence[int]:
    if not room.detail.incident.review_standing:
        return ()
    return range(_REASONS + len(_reasons(room)))


def _tail(room: Room) -> str:
    return room.model.review_name


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    found = room.detail.window
    if number == _STANDING:
        return [review_window.line(room.model, room.detail.incident)]
    if number == _OWNER:
        return [[("seen to by ", theme.muted), (found.owner if found is not None else "nobody", theme.plain)]]
    return hung(("· ", theme.muted), _reasons(room)[number - _REASONS], theme.plain, width, 4)


SECTION = Section(name="window", heading="WINDOW", rows=_rows, tail=_tail, paint=_paint)
