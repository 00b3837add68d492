"""Text from outside becomes harmless here, before anything of the UI sees it.

Three layers: every answer of the daemon is rebuilt with `Shown` strings, painters flatten what they draw to one line,
and `Backstop` replaces whatever a widget would still send to the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

import msgspec
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from incidentd.domain.display import safe_line, safe_text

T = TypeVar("T")


class Shown(str):
    """Text that passed the sanitiser; line breaks and tabs may remain."""

    __slots__ = ()

    def __new__(cls, text: str) -> Shown:
        if type(text) is cls:
            return text
        return super().__new__(cls, text if text.isascii() and text.isprintable() else safe_text(text))


def inert(value: T) -> T:
    """A copy of a wire struct (or a mapping or tuple of them) in which every string is `Shown`."""
    return cast("T", _inert(value))


def _inert(value: object) -> object:
    match value:
        case str():
            # An enumeration member is the contract's own word.
            return Shown(value) if type(value) in (str, Shown) else value
        case msgspec.Struct():
            kind = type(value)
            return kind(**{name: _inert(getattr(value, name)) for name in kind.__struct_fields__})
        case tuple() | list():
            return type(value)([_inert(item) for item in value])
        case Mapping():
            return {_inert(name): _inert(item) for name, item in value.items()}
        case _:
            return value


def contained(text: str) -> str:
    """`text` without any character that a terminal acts on, in as many cells as it had."""
    if text.isascii() and text.isprintable():
        return text
    shown = []
    for char in text:
        shown.append(char if safe_line(char) == char else "·" * cell_len(char))
    return "".join(shown)


class Backstop(LineFilter):
    """The last layer: applied to every line of every widget, also to what the user types or pastes."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.control or (segment.text.isascii() and segment.text.isprintable())
            else Segment(contained(segment.text), segment.style)
            for segment in segments
        ]
