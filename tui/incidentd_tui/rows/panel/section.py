"""What a section of the panel is: one object, which its module fills with small functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
from rich.style import Style

from incidentd import wire
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import presence as wire_presence
from incidentd.wire.facts import Resembling, Verdict
from incidentd.wire.measures import Measures
from incidentd_tui import paint, theme
from incidentd_tui.model import Model


class Room(msgspec.Struct, frozen=True):
    """What a section can show: the incident in full, and what the screen knows besides."""

    model: Model
    detail: wire_incidents.IncidentDetail
    entries: Mapping[int, wire.TimelineEntry] = {}  # by seq, in the order of the timeline
    here: tuple[wire_presence.Present, ...] = ()
    past: tuple[Resembling, ...] = ()  # earlier incidents in which something was tried
    measures: Measures | None = None


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A heading and its rows. A row is a number: an id, or a place in a list of the detail.

    `enter` is the id of the verb that Enter does with the row under the cursor; "" when there is nothing to open.
    """

    name: str
    heading: str
    rows: Callable[[Room], Sequence[int]]
    paint: Callable[[Room, int, int], list[paint.Line]]  # of one row, for a width in cells
    tail: Callable[[Room], str] = lambda room: ""  # said beside the heading
    empty: bool = False  # whether the heading stands there with no row under it
    enter: str = ""


def said_last(verdicts: Sequence[Verdict], width: int) -> list[paint.Line]:
    """Why somebody said last what they said of a row; no line where they gave no reason."""
    why = next((f"{one.by}: {one.why or one.evidence}" for one in reversed(verdicts) if one.why or one.evidence), "")
    return [[(paint.crop(f"  {why}", width), theme.faint)]] if why else []


def hung(mark: paint.Span, text: str, style: Style, width: int, limit: int) -> list[paint.Line]:
    """A text of at most `limit` lines that hang under the first, which `mark` of two cells begins."""
    wrapped = paint.wrap(text, width - 2, limit)
    return [[mark if not index else ("  ", style), (line, style)] for index, line in enumerate(wrapped)]
