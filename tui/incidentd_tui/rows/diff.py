"""What became of a text, word by word: [-taken out-] and {+put in+}, so that it can be read without colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.style import Style

from incidentd.domain.merging import Op
from incidentd_tui import paint, theme

_MARKS: dict[Op, tuple[str, str]] = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


def lines(runs: Iterable[tuple[Op, str]], width: int, limit: int) -> list[paint.Line]:
    """The runs of a word diff in at most `limit` lines of `width` cells."""
    out: list[paint.Line] = [[]]
    left = width
    for word, style in _words(runs):
        size = cell_len(word)
        if size > left and out[-1] and left < width:
            out.append([])
            left = width
            word = word.lstrip()
        out[-1].append((word, style))
        left -= cell_len(word)
    return out if len(out) <= limit else [*out[: limit - 1], [("…", theme.muted)]]


def _words(runs: Iterable[tuple[Op, str]]) -> Iterator[tuple[str, Style]]:
    styles: dict[Op, Style] = {"same": theme.plain, "removed": theme.danger, "added": theme.success}
    for op, text in runs:
        opening, closing = _MARKS[op]
        words = " ".join(f"{opening}{text.strip()}{closing}".split()).split(" ") if text.strip() else []
        for word in words:
            yield f"{word} ", styles[op]
