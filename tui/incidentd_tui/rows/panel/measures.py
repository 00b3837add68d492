"""MEASURES: how long it took in each episode, computed from the history, and what contradicts what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from incidentd.wire.measures import EpisodeMeasures, Measures
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.panel.section import Room, Section, hung

_CONTRADICTION = 1000  # rows from here on
_PROMISES = 999


def _rows(room: Room) -> Sequence[int]:
    found = room.measures
    if found is None or not found.episodes:
        return ()
    told = [_PROMISES] if found.promises_kept or found.promises_missed else []
    return [*range(len(found.episodes)), *told, *(_CONTRADICTION + n for n in range(len(found.contradictions)))]


def _tail(room: Room) -> str:
    found = room.measures
    if found is None or not found.noticed_first:
        return ""
    return f"noticed first by {found.noticed_by}"


def _paint(room: Room, number: int, width: int) -> list[paint.Line]:
    found = room.measures
    if found is None:
        return [[]]
    if number == _PROMISES:
        text = f"updates: {found.promises_kept} in time, {found.promises_missed} missed"
        return hung(("· ", theme.muted), text, theme.plain, width, 2)
    if number >= _CONTRADICTION:
        return hung(("▲ ", theme.warning), found.contradictions[number - _CONTRADICTION].text, theme.plain, width, 4)
    return hung(("· ", theme.muted), _episode(found, found.episodes[number]), theme.plain, width, 3)


def _episode(found: Measures, one: EpisodeMeasures) -> str:
    spans = (
        ("detected", one.to_detect),
        ("taken on", one.to_acknowledge),
        ("mitigated", one.to_mitigate),
        ("resolved", one.to_resolve),
    )
    told = [f"{what} {phrases.span(timedelta(seconds=seconds))}" for what, seconds in spans if seconds is not None]
    head = f"episode {one.number}: " if len(found.episodes) > 1 else ""
    return head + (", ".join(told) or "nothing can be measured yet")


SECTION = Section(name="measure", heading="MEASURES", rows=_rows, tail=_tail, paint=_paint)
