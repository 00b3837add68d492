"""ROLES: who holds which since when, and how long a lead was missing."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, phrases, theme, vocabulary
from incidentd_tui.rows.panel.section import Room, Section

_INDENT = 11


def _rows(room: Room) -> Sequence[int]:
    return range(len(vocabulary.ROLES))


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    role, label = vocabulary.ROLES[number]
    held = [one for one in room.detail.incident.roles if one.role == role]
    gap = room.detail.role_gap_minutes.get(role, 0.0)
    below = _below(room, role, gap if held else 0.0)
    if not held:
        tail = f"  empty for {gap:.0f} min so far" if gap >= 1 else ""
        style = theme.warning if role in vocabulary.LEADS else theme.faint
        return [[(f"{label:<{_INDENT}}", theme.muted), ("nobody", style), (tail, theme.muted)], *below]
    lines: list[paint.Line] = []
    for one in held:
        since = phrases.day_hour(one.starts_at, room.model.now(), room.model.zone)
        lines.append(
            [(f"{label:<{_INDENT}}", theme.muted), (one.person, theme.plain), (f"  since {since}", theme.faint)]
        )
    return [*lines, *below]


def _below(room: Room, role: str, gap: float) -> list[paint.Line]:
    """Who may be asked while it is wanted, and how long it was missing before."""
    indent = (" " * _INDENT, theme.plain)
    lines: list[paint.Line] = []
    if role == "communications_lead" and room.detail.communicators:
        asked = f"ask: {', '.join(room.detail.communicators)}"
        lines.append([indent, (asked, theme.warning), ("  P", theme.key), (" pages", theme.muted)])
    if gap >= 1:
        lines.append([indent, (f"was empty for {gap:.0f} min", theme.faint)])
    both = room.detail.role_gap_minutes.get("separation", 0.0) if role == "communications_lead" else 0.0
    if both >= 1:
        lines.append([indent, (f"one person had both leads for {both:.0f} min", theme.faint)])
    return lines


SECTION = Section(name="role", heading="ROLES", rows=_rows, paint=_paint, enter="room.handover")
