"""What people type as plain text with a little structure: paragraphs, lists, headings, fenced and inline code.

A small part of CommonMark, read in time linear in the text. Everything else in it stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"\s{0,3}(?:[-*+]|(\d{1,4})[.)])\s+(?=\S)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(?=\S)")
_CODE = re.compile(r"`([^`\n]+)`")

Kind = Literal["paragraph", "heading", "list", "numbered", "code"]
_GOES_ON = ("paragraph", "list", "numbered")  # over the end of a line


class Part(NamedTuple):
    """A paragraph, a heading, a list (one line an item) or code (its lines)."""

    kind: Kind
    lines: tuple[str, ...]


def parts(text: str) -> Iterator[Part]:
    """What a text consists of, in order."""
    kind: Kind = "paragraph"
    held: list[list[str]] = []  # the lines of each line of the part
    lines = iter(text.replace("\r\n", "\n").split("\n"))
    for line in lines:
        begun = _begun(line, lines)
        if begun is None and held and kind in _GOES_ON:
            held[-1].append(line.strip())
            continue
        begun = begun or Part("paragraph", (line.strip(),))
        if begun.kind != kind or kind not in ("list", "numbered"):
            if held:
                yield _whole(kind, held)
            kind, held = begun.kind, []
        held += [[one] for one in begun.lines]
    if held:
        yield _whole(kind, held)


def _whole(kind: Kind, held: list[list[str]]) -> Part:
    return Part(kind, tuple(" ".join(one) if kind in _GOES_ON else one[0] for one in held))


def _begun(line: str, lines: Iterator[str]) -> Part | None:
    """What begins at a line, the rest of a fence taken from `lines`; None where it goes on. An empty one ends parts."""
    if not line.strip():
        return Part("paragraph", ())
    if (fence := _FENCE.match(line)) is not None:
        return Part("code", tuple(_fenced(lines, fence[1])))
    if (heading := _HEADING.match(line)) is not None:
        return Part("heading", (line[heading.end() :].strip(" #"),))
    if (item := _ITEM.match(line)) is not None:
        return Part("numbered" if item[1] else "list", (line[item.end() :].strip(),))
    return None


def _fenced(lines: Iterator[str], fence: str) -> Iterator[str]:
    for line in lines:
        if line.strip().startswith(fence[:3]) and not line.strip(" " + fence[0]):
            return
        yield line


def spans(text: str) -> Iterator[tuple[bool, str]]:
    """(whether it is code, text) of a line, in order."""
    end = 0
    for found in _CODE.finditer(text):
        if found.start() > end:
            yield False, text[end : found.start()]
        yield True, found[1]
        end = found.end()
    if end < len(text):
        yield False, text[end:]
