"""REPORTED: what customers wrote that belongs to the incident."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.panel.section import Room, Section


def _rows(room: Room) -> Sequence[int]:
    return room.detail.report_ids


def _tail(room: Room) -> str:
    return phrases.count(len(room.detail.report_ids), "report")


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    return [[(f"R-{number}", theme.plain), ("  ↵ opens it", theme.faint)]]


SECTION = Section(name="report", heading="REPORTED", rows=_rows, tail=_tail, paint=_paint, enter="room.why")
