"""From spans of text to strips. A `Line` is what a painter makes; only `strip` turns it into terminal cells."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from incidentd.domain.display import safe_line, safe_text
from incidentd_tui import theme

Span = tuple[str, Style]
Line = list[Span]


def crop(text: str, width: int) -> str:
    """`text` on one line in at most `width` cells, cut with an ellipsis."""
    shown = text if text.isascii() and text.isprintable() else safe_line(text)
    if width <= 0:
        return ""
    if cell_len(shown) <= width:
        return shown
    # set_cell_size replaces the half of a wide character that does not fit by a space.
    return set_cell_size(shown, width - 1).rstrip() + "…"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` cropped and padded to exactly `width` cells."""
    shown = crop(text, width)
    gap = " " * (width - cell_len(shown))
    return gap + shown if right else shown + gap


def width_of(line: Iterable[Span]) -> int:
    return sum(cell_len(text) for text, _ in line)


def crop_line(line: Line, width: int) -> Line:
    """`line` in at most `width` cells; the span that does not fit ends with an ellipsis."""
    out: Line = []
    left = width
    for text, style in line:
        shown = text if text.isascii() and text.isprintable() else safe_line(text)
        size = cell_len(shown)
        if size > left:
            out.append((crop(shown, left), style))
            break
        out.append((shown, style))
        left -= size
    return out


def between(left: Line, right: Line, width: int) -> Line:
    """`left` and `right` at the two ends of `width` cells; `left` gives way."""
    room = width - width_of(right)
    if room < 1:
        return crop_line(right, width)
    shown = crop_line(left, room - 1 if right else room)
    return [*shown, (" " * (room - width_of(shown)), Style.null()), *right]


def strip(line: Line, width: int, under: Style, *, lift: bool = False) -> Strip:
    """The cells of `line` on a ground of `under`, padded or cut to `width`."""
    cut = crop_line(line, width)
    if lift:
        cut = [(text, theme.lifted(style)) for text, style in cut]
    cut.append((" " * (width - width_of(cut)), Style.null()))
    return Strip([Segment(text, style) for text, style in _merged(cut, under)], width)


def _merged(line: Line, under: Style) -> Line:
    """Spans of one look as one span: blanks take the look before them, so that fewer bytes reach the terminal."""
    out: Line = []
    for text, style in line:
        if not text:
            continue
        whole = under + style
        if out and (whole == out[-1][1] or (text.isspace() and whole.bgcolor == out[-1][1].bgcolor)):
            out[-1] = (out[-1][0] + text, out[-1][1])
        elif out and out[-1][0].isspace() and out[-1][1].bgcolor == whole.bgcolor:
            out[-1] = (out[-1][0] + text, whole)
        else:
            out.append((text, whole))
    return out


def wrap(text: str, width: int, limit: int = 200) -> list[str]:
    """`text` in lines of at most `width` cells, broken at spaces where possible; at most `limit` lines."""
    width = max(width, 4)
    lines: list[str] = []
    for paragraph in safe_text(text).expandtabs(4).split("\n"):
        lines.extend(_wrap_one(paragraph, width))
        if len(lines) > limit:
            return [*lines[: limit - 1], "…"]
    return lines


def _wrap_one(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    current = ""
    for word in paragraph.split(" "):
        joined = f"{current} {word}" if current else word
        if cell_len(joined) <= width:
            current = joined
            continue
        if current:
            lines.append(current)
        current = word
        while cell_len(current) > width:
            head = set_cell_size(current, width)
            taken = len(head.rstrip()) or 1
            lines.append(current[:taken])
            current = current[taken:]
    return [*lines, current]
