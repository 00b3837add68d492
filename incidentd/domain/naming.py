"""Who of the roster a text names: what is written about factors, and for others to read, says roles instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

import msgspec

from incidentd.domain.people import Person, Roster

_WORD = re.compile(r"\w+")
_LEAST_PART = 3  # letters of a first or a last name that stands alone


class Mention(msgspec.Struct, frozen=True):
    """The characters from `start` until `end` (exclusive) name the person `handle`."""

    start: int
    end: int
    handle: str


class _Name(msgspec.Struct, frozen=True):
    text: str
    handle: str
    exact: bool  # in this case only: "Mark" is a name, "mark" may be a verb


class Names(msgspec.Struct, frozen=True):
    """The names of a roster by their first word, the longest first: a text is read once for all of them."""

    by_word: Mapping[str, tuple[_Name, ...]]


def names_of(roster: Roster) -> Names:
    """How the people of `roster` may be called: handle, whole name, and each part of it."""
    found: dict[str, set[_Name]] = {}
    for person in roster.people.values():
        for name in _called(person):
            first = _WORD.search(name.text)
            if first is not None:
                found.setdefault(first[0].casefold(), set()).add(name)
    ordered = {word: tuple(sorted(some, key=lambda one: (-len(one.text), one.handle))) for word, some in found.items()}
    return Names(by_word=ordered)


def _called(person: Person) -> Iterator[_Name]:
    yield _Name(text=person.handle, handle=person.handle, exact=False)
    name = " ".join(unicodedata.normalize("NFC", person.name).split())
    parts = name.split(" ")
    if len(parts) > 1:
        yield _Name(text=name, handle=person.handle, exact=False)
    for part in parts:
        if len(part) >= _LEAST_PART and part[0].isupper():
            yield _Name(text=part, handle=person.handle, exact=True)


def mentions(text: str, names: Names) -> tuple[Mention, ...]:
    """Where `text` names somebody, in order and without overlaps; the longest name wins. Whole words only.

    A part of a host name, of a mail address or of a hyphenated term names nobody; an apostrophe may follow.
    """
    found: list[Mention] = []
    end = 0
    for word in _WORD.finditer(text):
        if word.start() < end:
            continue
        for name in names.by_word.get(word[0].casefold(), ()):
            start = word.start() - name.text.index(_first_word(name.text))
            if start >= end and _stands(text, start, name):
                end = start + len(name.text)
                found.append(Mention(start=start, end=end, handle=name.handle))
                break
    return tuple(found)


def _first_word(text: str) -> str:
    found = _WORD.search(text)
    return found[0] if found else ""


def _stands(text: str, start: int, name: _Name) -> bool:
    """Whether the name stands at `start`, as words of their own."""
    end = start + len(name.text)
    written = text[max(start, 0) : end]
    same = written == name.text if name.exact else written.casefold() == name.text.casefold()
    before = text[max(start - 2, 0) : max(start, 0)][::-1]
    return same and start >= 0 and not _joined(before, "-.") and not _joined(text[end : end + 2], "-.@")


def _joined(beside: str, glue: str) -> bool:
    """Whether what stands beside a word, nearest first, makes it part of a longer one: ada.example, pre-ada, ada_1."""
    letters = [one.isalnum() or one == "_" for one in beside]
    return letters[:1] == [True] or (letters[1:] == [True] and beside[0] in glue)


def names_somebody(text: str, roster: Roster | Names) -> tuple[str, ...]:
    """The handles of those whom `text` names, each once, in the order in which it does."""
    names = names_of(roster) if isinstance(roster, Roster) else roster
    return tuple(dict.fromkeys(one.handle for one in mentions(unicodedata.normalize("NFC", text), names)))
