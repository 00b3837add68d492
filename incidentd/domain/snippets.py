"""The words that are looked for, and the piece of a text in which they stand."""

from __future__ import annotations

import re

import msgspec

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 12
_LENGTH = 240
_BEFORE = 60
_MOST_HITS = 50


class Snippet(msgspec.Struct, frozen=True):
    """A piece of plain text on one line, and where in it the words stand: (begin, end) in characters."""

    text: str
    hits: tuple[tuple[int, int], ...]


def searched(text: str) -> tuple[str, ...]:
    """The words of a search, in lower case, each once: what is neither a letter nor a digit parts them."""
    return tuple(dict.fromkeys(_WORD.findall(text.lower())))[:_MOST_WORDS]


def snippet(text: str, words: tuple[str, ...], length: int = _LENGTH) -> Snippet:
    """The piece of `text` that begins a little before the first word that was looked for; its begin without any."""
    flat = " ".join(text.split())
    pattern = _pattern(words)
    first = pattern.search(flat) if pattern else None
    start = max(0, first.start() - _BEFORE) if first and first.end() > length else 0
    piece = flat[start : start + length]
    lead, trail = "… " if start else "", " …" if start + length < len(flat) else ""
    shown = f"{lead}{piece}{trail}"
    hits = [found.span() for found in pattern.finditer(shown)] if pattern else []
    return Snippet(shown, tuple(hits[:_MOST_HITS]))


def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Words that begin like one of those that are looked for."""
    if not words:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})[^\W_]*", re.IGNORECASE)
