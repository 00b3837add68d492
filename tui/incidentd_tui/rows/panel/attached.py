"""ATTACHED: files that belong to the incident; `incidentctl incident attachment get` saves one."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.panel.section import Room, Section


def _rows(room: Room) -> Sequence[int]:
    return [one.id for one in room.detail.attachments]


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    file = next(one for one in room.detail.attachments if one.id == number)
    head: paint.Line = [("▤ ", theme.primary), (file.name, theme.plain), (f"  {file.size:,} bytes", theme.muted)]
    at = phrases.day_hour(file.at, room.model.now(), room.model.zone)
    same = f"  the same as {file.same_as[0]}" if file.same_as else ""
    below = f"  {file.id}, {file.by} {at}  {file.note}{same}"
    return [head, [(paint.crop(below, width), theme.faint)]]


def _tail(room: Room) -> str:
    return phrases.count(len(room.detail.attachments), "file")


SECTION = Section(name="file", heading="ATTACHED", rows=_rows, paint=_paint, tail=_tail)
