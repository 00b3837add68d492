"""TRIED: mitigations and what came of them."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.attempts import attempt_text
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.panel.section import Room, Section, hung, said_last

_MARKS = {
    "": ("… ", theme.warning),
    "worked": ("✓ ", theme.success),
    "partly": ("≈ ", theme.warning),
    "no_effect": ("○ ", theme.muted),
    "made_worse": ("! ", theme.danger),
    "undone": ("↶ ", theme.muted),
}


def _rows(room: Room) -> Sequence[int]:
    return [one.id for one in reversed(room.detail.attempts)]


def _tail(room: Room) -> str:
    unknown = sum(not one.outcome for one in room.detail.attempts)
    return f"{unknown} without outcome: o" if unknown else ""


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    tried = next(one for one in room.detail.attempts if one.id == number)
    at = phrases.day_hour(tried.started_at, room.model.now(), room.model.zone)
    mark = _MARKS.get(tried.outcome, _MARKS[""])
    lines = hung(mark, attempt_text(tried), theme.plain, width, 3)
    below = [(paint.crop(f"  {tried.person}, {at}", width), theme.muted)]
    return [*lines, below, *said_last(tried.verdicts, width)]


SECTION = Section(name="attempt", heading="TRIED", rows=_rows, tail=_tail, paint=_paint, enter="room.outcome")
