"""KNOWN: claims about the impact that are in force, those that contradict each other side by side."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.impact import figure_text, in_force
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.panel.section import Room, Section, hung, said_last


def _rows(room: Room) -> Sequence[int]:
    return [one.id for one in in_force(room.detail.claims)]


def _tail(room: Room) -> str:
    start = room.detail.claimed_start
    if start is None:
        return "impact"
    return f"impact, claimed since {phrases.day_hour(start, room.model.now(), room.model.zone)}"


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    claim = next(one for one in room.detail.claims if one.id == number)
    disputed = claim.state == "disputed"
    mark = ("± ", theme.warning) if disputed else ("? ", theme.muted) if claim.suspected else ("▣ ", theme.primary)
    words = "disputed: " if disputed else "suspected: " if claim.suspected else ""
    text = f"{words}{claim.affected}, {figure_text(claim.figure)}"
    now, zone = room.model.now(), room.model.zone
    until = phrases.day_hour(claim.ends_at, now, zone) if claim.ends_at else "ongoing"
    below = f"{phrases.day_hour(claim.starts_at, now, zone)} → {until}, says {claim.source}"
    lines = hung(mark, text, theme.plain if disputed else theme.bold, width, 3)
    return [*lines, [(paint.crop(f"  {below}", width), theme.muted)], *said_last(claim.verdicts, width)]


SECTION = Section(name="claim", heading="KNOWN", rows=_rows, tail=_tail, paint=_paint, enter="room.outcome")
