"""LINKED: the alerts of the incident, and whether they still fire."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.panel.section import Room, Section


def _rows(room: Room) -> Sequence[int]:
    return room.detail.incident.alert_ids


def _tail(room: Room) -> str:
    return phrases.count(len(room.detail.incident.alert_ids), "alert")


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    alert = room.model.alerts.get(number)
    if alert is None:
        return [[(f"A-{number}", theme.muted), ("  ended", theme.faint)]]
    over = alert.status != "firing"
    rank = 5 if over else phrases.alert_rank(alert.severity)
    mark = "✓ " if over else "▲ "
    left: paint.Line = [
        (mark, theme.success if over else theme.ranked(max(rank, 3))),
        (f"A-{alert.id} ", theme.muted),
        (alert.name, theme.muted if over else theme.plain),
    ]
    state = "ended" if over else "firing"
    return [paint.between(left, [(f"{state} {phrases.age(alert.starts_at, room.model.now())}", theme.muted)], width)]


SECTION = Section(name="alert", heading="LINKED", rows=_rows, tail=_tail, paint=_paint, empty=True, enter="room.why")
