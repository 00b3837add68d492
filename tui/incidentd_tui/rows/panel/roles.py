"""ROLES: who holds which since when, and how long a lead was missing."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, phrases, theme, vocabulary
from incidentd_tui.rows.panel.section import Room, Section


def _rows(room: Room) -> Sequence[int]:
    return range(len(vocabulary.ROLES))


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    role, label = vocabulary.ROLES[number]
    held = [one for one in room.detail.incident.roles if one.role == role]
    gap = room.detail.role_gap_minutes.get(role, 0.0)
    if not held:
        tail = f"  empty for {gap:.0f} min so far" if gap >= 1 else ""
        style = theme.warning if role in vocabulary.LEADS else theme.faint
        return [[(f"{label:<11}", theme.muted), ("nobody", style), (tail, theme.muted)]]
    lines: list[paint.Line] = []
    for one in held:
        since = phrases.day_hour(one.starts_at, room.model.now(), room.model.zone)
        lines.append([(f"{label:<11}", theme.muted), (one.person, theme.plain), (f"  since {since}", theme.faint)])
    return lines


SECTION = Section(name="role", heading="ROLES", rows=_rows, paint=_paint)
