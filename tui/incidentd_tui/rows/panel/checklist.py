"""CHECKLIST: what each role sees to, mine first; Enter or `c` ticks an item off and takes that back."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.wire import incidents as wire_incidents
from incidentd_tui import paint, phrases, theme, vocabulary
from incidentd_tui.rows.panel.section import Room, Section

NAME = "check"


def progress(detail: wire_incidents.IncidentDetail | None) -> str:
    """How much is done, "" where no checklist applies."""
    items = detail.checklist if detail else ()
    return f"{sum(one.done_at is not None for one in items)} of {len(items)}" if items else ""


def _rows(room: Room) -> Sequence[int]:
    """Places in the list of the detail: first what my roles see to."""
    mine = {one.role for one in room.detail.incident.roles if one.person == room.model.me}
    items = room.detail.checklist
    return sorted(range(len(items)), key=lambda number: items[number].role not in mine)


def _tail(room: Room) -> str:
    return f"{progress(room.detail)} · c ticks"


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    one = room.detail.checklist[number]
    done = one.done_at is not None
    texts = paint.wrap(one.text, width - 2, 3)
    style = theme.muted if done else theme.plain
    lines: list[paint.Line] = [
        [(("✓ " if done else "□ ") if not index else "  ", theme.success if done else theme.warning), (text, style)]
        for index, text in enumerate(texts)
    ]
    by = f" · {one.done_by} {phrases.hour(one.done_at, room.model.zone)}" if one.done_at else ""
    lines.append([(f"  {vocabulary.role_label(one.role)}{by}", theme.faint)])
    return lines


SECTION = Section(name=NAME, heading="CHECKLIST", rows=_rows, tail=_tail, paint=_paint, enter="room.tick")
