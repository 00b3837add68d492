"""What a person sees: sanitised text, aligned tables, wrapped lines, colour where it means something."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from incidentd.domain.columns import fit, width, wrap
from incidentd.domain.display import safe_line

_CODES = {"bad": "31", "good": "32", "warn": "33", "dim": "2", "bold": "1"}
_LEAST_COLUMNS = 20
_ROOM = 30  # columns that the last column of a table wants
_TONES = {
    "firing": "bad", "open": "bad", "exhausted": "bad", "critical": "bad", "page": "bad", "SEV1": "bad", "SEV2": "bad",
    "failed": "bad", "quarantined": "bad", "missing": "bad", "degraded": "warn", "unknown": "warn", "active": "bad",
    "failed_temporarily": "warn",
    "warning": "warn", "mitigated": "warn", "suspected": "warn", "acknowledged": "good", "ok": "good",
    "down": "bad", "fail": "bad", "late": "warn", "up": "good", "success": "good", "paused": "dim",
}  # fmt: skip


class Painted(NamedTuple):
    """Text with a tone: bad, good, warn, dim or bold."""

    text: str
    tone: str


def toned(word: str) -> Painted:
    """A status or a severity in the tone that it means."""
    return Painted(word, _TONES.get(word, ""))


def colourful() -> bool:
    """Whether colour is wanted: a terminal, and neither NO_COLOR (no-color.org) nor a dumb one."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(safe: str, tone: str) -> str:
    """`safe`, which was sanitised before, in `tone`."""
    code = _CODES.get(tone)
    return f"\x1b[{code}m{safe}\x1b[0m" if code and safe and colourful() else safe


def columns() -> int | None:
    """The width to wrap at: $COLUMNS, else the terminal's; None where nothing is wrapped."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and 0 < len(given) < 6:
        return max(int(given), _LEAST_COLUMNS)
    if not sys.stdout.isatty():
        return None
    try:
        found = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        found = 0
    return max(found, _LEAST_COLUMNS) if found else 80


def hang(lead: str, text: str, *, lead_width: int | None = None, tone: str = "") -> None:
    """`lead` (sanitised before), then `text` wrapped, with its further lines under its first one."""
    indent = width(lead) if lead_width is None else lead_width
    limit = columns()
    lines = wrap(text, None if limit is None else max(limit - indent, _LEAST_COLUMNS // 2))
    for number, line in enumerate(lines):
        print(f"{lead if number == 0 else ' ' * indent}{paint(line, tone)}".rstrip())


def table(
    head: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "none", spare: Sequence[str] = ()
) -> None:
    """Aligned columns; on a terminal the last one is cut to its width, elsewhere nothing is cut.

    Columns whose head begins as one of `spare` are left out, in that order, until the last one has room.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        print(empty)
        return
    lines = [[Painted(name, "dim") for name in head], *cells]
    limit = columns() if sys.stdout.isatty() else None
    for name in spare:
        if limit is None or limit - sum(size + 2 for size in _sizes(lines)[:-1]) >= _ROOM:
            break
        lines = [[cell for cell, title in zip(line, head, strict=True) if not title.startswith(name)] for line in lines]
        head = [title for title in head if not title.startswith(name)]
    sizes = _sizes(lines)
    for line in lines:
        _row(line, sizes, limit)


def _sizes(lines: Sequence[Sequence[Painted]]) -> list[int]:
    return [max(width(cell.text) for cell in column) for column in zip(*lines, strict=True)]


def _cell(value: object) -> Painted:
    if isinstance(value, Painted):
        return Painted(safe_line(value.text), value.tone)
    return Painted(safe_line(str(value)), "")


def _row(row: Sequence[Painted], sizes: Sequence[int], limit: int | None) -> None:
    shown, used = [], 0
    for cell, size in zip(row, sizes, strict=True):
        text = cell.text if limit is None else fit(cell.text, limit - used) if used < limit else ""
        shown.append(paint(text, cell.tone) + " " * (size - width(text)))
        used += size + 2
    print("  ".join(shown).rstrip())


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """One `name  value` line for each pair that has a value."""
    given = [(safe_line(name), str(value)) for name, value in pairs if value not in (None, "", (), "-")]
    size = max((width(name) for name, _ in given), default=0)
    for name, value in given:
        lead = f"  {paint(name, 'dim')}{' ' * (size - width(name))}  "
        hang(lead, safe_line(value), lead_width=size + 4)


def section(title: str) -> None:
    """The head of a part of a page."""
    print(f"\n{paint(safe_line(title), 'bold')}")


def listed(values: Iterable[object], prefix: str = "") -> str:
    """`values` joined, each with its prefix."""
    return ", ".join(f"{prefix}{value}" for value in values)


def words(name: str) -> str:
    """A wire word as people write it: mitigation_lead is "mitigation lead"."""
    return name.replace("_", " ")


def span(length: timedelta) -> str:
    """A duration as people say it: 0.4s, 37s, 2m17s, 1h02m, 2d03h; negative with a minus."""
    total = length.total_seconds()
    sign, total = ("-" if total < 0 else ""), abs(total)
    if total < 9.95:
        return f"{sign}{total:.1f}s"
    seconds = round(total)
    if seconds < 60:
        return f"{sign}{seconds}s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{sign}{minutes}m{seconds:02}s"
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}h{minutes:02}m" if hours < 24 else f"{sign}{hours // 24}d{hours % 24:02}h"


def glyph(character: str, plain: str) -> str:
    """`character`, or `plain` where the output's encoding does not have it."""
    try:
        character.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return plain
    return character
