"""Timeline rows: time, offset, glyph, word, text; details hang under the text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from incidentd import wire
from incidentd_tui import paint, phrases, theme, vocabulary

_DETAIL_LINES = 3
_OFFSET_FROM = 56
"""From this many cells there is room for the time since the beginning."""


def row(
    entry: wire.TimelineEntry,
    start: datetime,
    zone: tzinfo,
    width: int,
    *,
    expanded: bool = False,
    pending: bool = False,
    day: str = "",
) -> list[paint.Line]:
    """The lines of one entry in `width` cells, below the `day` that begins with it."""
    glyph, word, style = vocabulary.timeline_mark(entry.kind)
    text_style = theme.bold if entry.kind in vocabulary.LOUD else theme.plain
    head: paint.Line = [(f"{phrases.hour(entry.observed_at, zone)} ", theme.muted)]
    if width >= _OFFSET_FROM:
        head.append((f" {phrases.offset(entry.observed_at, start):>6} ", theme.faint))
    head += [(f" {'~' if pending else glyph} ", style), (f"{word:<8}", theme.muted)]
    indent = paint.width_of(head)
    body = paint.wrap(_sentence(entry), width - indent, 40)
    lines: list[paint.Line] = [[(f"── {day} ──", theme.faint)]] if day else []
    lines.append([*head, (body[0], text_style)])
    under = hang(width)
    lines += [[*under, (text, text_style)] for text in body[1:]]
    lines += [[*under, (text, theme.muted)] for text in _details(entry, width - indent, expanded)]
    return lines


def days(entries: Iterable[wire.TimelineEntry], zone: tzinfo, today: date) -> dict[int, str]:
    """The day by the number of the entry that is its first, in order; today says nothing where all is of today."""
    found, before = {}, today
    for entry in entries:
        day = entry.observed_at.astimezone(zone).date()
        if day != before:
            found[entry.seq] = f"{day:%a %d %b %Y}"
        before = day
    return found


def hang(width: int) -> paint.Line:
    """What stands before each further line of an entry, so that it hangs under the text."""
    return [(" " * (15 if width >= _OFFSET_FROM else 7) + "│" + " " * 9, theme.line)]


def _sentence(entry: wire.TimelineEntry) -> str:
    """Hand-written entries name their writer first."""
    pin = "⚑ " if entry.pinned else ""
    if entry.kind in ("note", "observation", "decision", "action") and entry.by:
        return f"{pin}{entry.by}: {entry.text}"
    return pin + entry.text


def _details(entry: wire.TimelineEntry, width: int, expanded: bool) -> list[str]:
    lines = paint.wrap(entry.detail, width) if entry.detail else []
    if entry.evidence:
        lines += paint.wrap(f"evidence: {entry.evidence}", width)
    if expanded:
        late = (entry.recorded_at - entry.observed_at).total_seconds()
        by = f"by {entry.by}, " if entry.by else ""
        lines.append(f"{by}event {entry.seq}" + (f", written down {int(late // 60)} min later" if late >= 60 else ""))
    elif len(lines) > _DETAIL_LINES:
        hidden = len(lines) - _DETAIL_LINES + 1
        lines = [*lines[: _DETAIL_LINES - 1], f"{hidden} more lines — e expands"]
    return lines
