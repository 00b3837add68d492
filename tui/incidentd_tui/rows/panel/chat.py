"""CHAT: the room of the incident in the chat of responders, where there is one."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd_tui import paint, theme
from incidentd_tui.rows.panel.section import Room, Section

_TONES = {"open": theme.success, "failed": theme.danger}


def _rows(room: Room) -> Sequence[int]:
    return (0,) if room.detail.chat is not None else ()


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    chat = room.detail.chat
    if chat is None:
        return [[]]
    lines: list[paint.Line] = [[(chat.name, theme.primary), (f"  {chat.state}", _TONES.get(chat.state, theme.muted))]]
    lines += [[("  " + text, theme.muted)] for text in paint.wrap(chat.url, width - 2, 2)] if chat.url else []
    lines += [[("  ! " + text, theme.danger)] for text in paint.wrap(chat.error, width - 4, 3)] if chat.error else []
    return lines


def _tail(room: Room) -> str:
    return room.detail.chat.channel if room.detail.chat is not None else ""


SECTION = Section(name="chat", heading="CHAT", rows=_rows, tail=_tail, paint=_paint)
