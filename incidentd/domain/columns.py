"""Text in columns of a terminal: how many it takes, cut to them, and wrapped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from incidentd.domain.display import safe_text


def width(text: str) -> int:
    """Columns that `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _cut(text: str, room: int) -> int:
    """How many characters of `text` fit into `room` columns; at least one."""
    used = 0
    for index, char in enumerate(text):
        used += width(char)
        if used > room:
            return max(index, 1)
    return len(text)


def fit(text: str, room: int) -> str:
    """`text` within `room` columns, with an ellipsis when it was cut."""
    return text if width(text) <= room else text[: _cut(text, max(room - 1, 1))] + "…"


def wrap(text: str, room: int | None) -> Iterator[str]:
    """The lines of `text`, sanitised, each at most `room` columns wide; words are kept whole where they fit."""
    for paragraph in safe_text(text).replace("\t", "    ").split("\n"):
        if room is None or width(paragraph) <= room:
            yield paragraph
        else:
            yield from _wrapped(paragraph, max(room, 1))


def _wrapped(paragraph: str, room: int) -> Iterator[str]:
    line = ""
    for word in paragraph.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= room:
            line = joined
            continue
        if line:
            yield line
        line = word
        while width(line) > room:
            end = _cut(line, room)
            yield line[:end]
            line = line[end:]
    if line:
        yield line
