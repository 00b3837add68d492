"""HERE NOW: who has the room open, and what they do in it."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.panel.section import Room, Section


def _rows(room: Room) -> Sequence[int]:
    return range(len(room.here))


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    one = room.here[number]
    away = one.state == "away"
    does = {"away": f"away {phrases.age(one.since, room.model.now())}", "writing": f"writes {one.what}"}
    you = " (you)" if one.person == room.model.me else ""
    return [
        [
            ("○ " if away else "● ", theme.muted if away else theme.success),
            (f"{one.person}{you} ", theme.muted if away else theme.plain),
            (does.get(one.state, one.what), theme.primary if one.state == "writing" else theme.muted),
        ]
    ]


SECTION = Section(name="here", heading="HERE NOW", rows=_rows, paint=_paint)
