"""Two people changed the same text: what each changed, word by word, and one text with both unless they collide."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Literal

import msgspec

_WORDS = re.compile(r"\s+|[^\s]+")
Op = Literal["same", "added", "removed"]


class Merged(msgspec.Struct, frozen=True):
    """`text` has both changes; where they collide, mine stands and `collides` is true."""

    text: str
    collides: bool


class _Change(msgspec.Struct, frozen=True):
    """The words `start` to `end` of the base become `words`."""

    start: int
    end: int
    words: tuple[str, ...]


def word_diff(old: str, new: str) -> list[tuple[Op, str]]:
    """What became of `old` in `new`, in runs of whole words with the blanks between them."""
    before, after = _split(old), _split(new)
    runs: list[tuple[Op, str]] = []
    for change, a, b, c, d in _opcodes(before, after):
        if change == "equal":
            runs.append(("same", "".join(before[a:b])))
            continue
        if a < b:
            runs.append(("removed", "".join(before[a:b])))
        if c < d:
            runs.append(("added", "".join(after[c:d])))
    return runs


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Both changes of `base` in one text."""
    words = _split(base)
    ours, others = _changes(words, _split(mine)), _changes(words, _split(theirs))
    collides = False
    kept = list(ours)
    for other in others:
        if other in ours:
            continue  # both made the same change
        if any(_touch(one, other) for one in ours):
            collides = True
        else:
            kept.append(other)
    return Merged(_applied(words, kept), collides)


def _split(text: str) -> list[str]:
    return _WORDS.findall(text)


def _opcodes(before: Sequence[str], after: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()


def _changes(before: Sequence[str], after: Sequence[str]) -> list[_Change]:
    return [_Change(a, b, tuple(after[c:d])) for change, a, b, c, d in _opcodes(before, after) if change != "equal"]


def _touch(one: _Change, other: _Change) -> bool:
    """Whether they change the same words, or put words into the same place."""
    return max(one.start, other.start) <= min(one.end, other.end)


def _applied(words: Sequence[str], changes: Sequence[_Change]) -> str:
    out: list[str] = []
    at = 0
    for change in sorted(changes, key=lambda one: (one.start, one.end)):
        out += [*words[at : change.start], *change.words]
        at = change.end
    return "".join([*out, *words[at:]])
