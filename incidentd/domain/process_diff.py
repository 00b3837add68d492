"""What one process says otherwise than another, key by key and by meaning: no text is compared, and no comment counts.

What is compared is what the keys come to, so a default that is written out is no difference. Items of a list are
compared by their names, wherever they stand; that they stand in another order is a difference of its own.
"""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from incidentd.domain.process_keys import item_name
from incidentd.domain.toml_lines import Path

_NOTHING = "not set"
_LONGEST = 200  # characters of an item that was added or removed


class Kind(enum.StrEnum):
    """What happened to a key, to an item of a list, or to the order of one."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    ORDER = "order"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference. `key` calls items by their names; the paths, () where it stands in one process only, have their
    places. `before` and `after` are words for people.
    """

    key: str
    kind: Kind
    before: str
    after: str
    path_before: Path = ()
    path_after: Path = ()

    @property
    def section(self) -> str:
        """The table of the file."""
        return self.key.partition(".")[0]


class _Place(msgspec.Struct, frozen=True):
    """A value in both processes: what it is called, and where it stands in each."""

    key: str = ""
    before: Path = ()
    after: Path = ()

    def child(self, name: str, before: str | int, after: str | int) -> _Place:
        return _Place(f"{self.key}.{name}".lstrip("."), (*self.before, before), (*self.after, after))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every difference, in the order of the file. Both hold tables, lists, and words for people as leaves."""
    return tuple(_compared(before, after, _Place()))


def _compared(before: Any, after: Any, at: _Place) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in (*before, *(one for one in after if one not in before)):
            yield from _one(before, after, key, at.child(key, key, key))
    elif _is_tables(before) and _is_tables(after) and (before or after):
        yield from _items(before, after, at)
    elif before != after:
        yield _change(at, Kind.CHANGED, words(before), words(after))


def _one(before: Mapping[str, Any], after: Mapping[str, Any], key: str, at: _Place) -> Iterator[Change]:
    if key not in before:
        yield _change(at, Kind.ADDED, "", words(after[key]))
    elif key not in after:
        yield _change(at, Kind.REMOVED, words(before[key]), "")
    else:
        yield from _compared(before[key], after[key], at)


def _items(before: Sequence[Any], after: Sequence[Any], at: _Place) -> Iterator[Change]:
    old, new = _by_name(before), _by_name(after)
    for name, index in old.items():
        place = at.child(name, index, new.get(name, -1))
        if name not in new:
            yield _change(place, Kind.REMOVED, words(before[index]), "")
        else:
            yield from _compared(before[index], after[new[name]], place)
    for name, index in new.items():
        if name not in old:
            yield _change(at.child(name, -1, index), Kind.ADDED, "", words(after[index]))
    was, now = [one for one in old if one in new], [one for one in new if one in old]
    if was != now:
        yield _change(at, Kind.ORDER, ", ".join(was), ", ".join(now))


def _by_name(items: Sequence[Any]) -> dict[str, int]:
    """The place of each item by its name; one whose name is taken goes by its number."""
    found: dict[str, int] = {}
    for index, item in enumerate(items):
        name = item_name(item, index)
        found[str(index) if name in found else name] = index
    return found


def _is_tables(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, Mapping) for one in value)


def _change(at: _Place, kind: Kind, before: str, after: str) -> Change:
    return Change(
        key=at.key,
        kind=kind,
        before=before,
        after=after,
        path_before=() if kind is Kind.ADDED else at.before,
        path_after=() if kind is Kind.REMOVED else at.after,
    )


def words(value: Any) -> str:
    """A value as a person reads it: a table as its keys that say something."""
    if isinstance(value, Mapping):
        said = (f"{key} {words(one)}" for key, one in value.items() if one not in (None, "", [], (), {}))
        text = "; ".join(said)
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
    if isinstance(value, list | tuple):
        return ", ".join(words(one) for one in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _NOTHING if value is None else str(value) or '""'


# ------------------------------------------------------------------ files, and words for keys
def text_change(name: str, before: str | None, after: str | None) -> Change | None:
    """What became of a file that the process names; how many lines, for its text is for other tools."""
    if before == after:
        return None
    if before is None or after is None:
        kind = Kind.ADDED if before is None else Kind.REMOVED
        return Change(key=name, kind=kind, before=_lines(before), after=_lines(after))
    added, removed = 0, 0
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        added, removed = added + line.startswith("+ "), removed + line.startswith("- ")
    return Change(key=name, kind=Kind.CHANGED, before=f"{removed} lines removed", after=f"{added} lines added")


def _lines(text: str | None) -> str:
    return "" if text is None else f"{len(text.splitlines())} lines"


_LABELS = tuple(
    (re.compile(pattern), label)
    for pattern, label in (
        (r"^updates\.(SEV\d)\.(\w+)$", r"cadence \1 \2"),
        (r"^severity\.rules$", "severity rules"),
        (r"^severity\.rules\.(.+?)(?:\.(level|text|when\..+))?$", r"severity rule \1 \2"),
        (r"^severity\.questions\.(.+)$", r"severity question \1"),
        (r"^review\.windows\.(SEV\d)\.floor$", r"window \1 opens after"),
        (r"^review\.windows\.(SEV\d)\.ceiling_business_days$", r"window \1 closes after business days"),
        (r"^review\.windows\.(SEV\d)$", r"window \1"),
    )
)


def label(key: str) -> str:
    """`key` in words where the field has some: "cadence SEV2 identified"; else itself, routes without their nesting."""
    for pattern, words_of_it in _LABELS:
        if found := pattern.match(key):
            return re.sub(r"\\(\d)", lambda part: found[int(part[1])] or "", words_of_it).strip().replace(".", " ")
    return re.sub(r"(^route|\.routes)\.routes\.", lambda _: "route ", key, count=1).replace(".routes.", " / ")
