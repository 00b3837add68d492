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


class Name(msgspec.Struct, frozen=True):
    """What somebody is called. `exact`: as it is spelled only, for "Mark" is a name and "mark" may be a verb."""

    text: str
    handle: str
    exact: bool


class Names(msgspec.Struct, frozen=True):
    """What the people of a roster are called, so that a text is read once for all of them.

    `lengths` are those of the names that begin with a word, the longest first; both keys are without case.
    """

    lengths: Mapping[str, tuple[int, ...]]
    by_text: Mapping[str, Name]


def names_of(roster: Roster) -> Names:
    """How the people of `roster` may be called: handle, whole name, and each part of it."""
    by_text: dict[str, Name] = {}
    lengths: dict[str, set[int]] = {}
    for _, person in sorted(roster.people.items()):
        for name in _called(person):
            known = by_text.setdefault(name.text.casefold(), name)
            if known.exact and not name.exact:
                by_text[name.text.casefold()] = name
            first = _WORD.match(name.text)
            if first is not None:
                lengths.setdefault(first[0].casefold(), set()).add(len(name.text))
    ordered = {word: tuple(sorted(some, reverse=True)) for word, some in lengths.items()}
    return Names(lengths=ordered, by_text=by_text)


def _called(person: Person) -> Iterator[Name]:
    yield Name(text=person.handle, handle=person.handle, exact=False)
    parts = unicodedata.normalize("NFC", person.name).split()
    if len(parts) > 1:
        yield Name(text=" ".join(parts), handle=person.handle, exact=False)
    for part in parts:
        if len(part) >= _LEAST_PART and part[0].isupper():
            yield Name(text=part, handle=person.handle, exact=True)


def mentions(text: str, names: Names) -> tuple[Mention, ...]:
    """Where `text` names somebody, in order and without overlaps; the longest name wins. Whole words only.

    A part of a host name, of a mail address or of a hyphenated term names nobody; an apostrophe may follow.
    """
    found: list[Mention] = []
    end = 0
    for word in _WORD.finditer(text):
        if word.start() >= end and (mention := _mention(text, word, names)) is not None:
            found.append(mention)
            end = mention.end
    return tuple(found)


def _mention(text: str, word: re.Match[str], names: Names) -> Mention | None:
    """Who is named by what begins with `word`."""
    start = word.start()
    for length in names.lengths.get(word[0].casefold(), ()):
        end = start + length
        written = text[start:end]
        name = names.by_text.get(written.casefold())
        if name is not None and (written == name.text or not name.exact) and _stands(text, start, end):
            return Mention(start=start, end=end, handle=name.handle)
    return None


def _stands(text: str, start: int, end: int) -> bool:
    """Whether what is between is no part of a longer word."""
    return not _joined(text[max(start - 2, 0) : start][::-1], "-.") and not _joined(text[end : end + 2], "-.@")


def _joined(beside: str, glue: str) -> bool:
    """Whether what stands beside a word, nearest first, makes it part of a longer one: ada.example, pre-ada, ada_1."""
    letters = [one.isalnum() or one == "_" for one in beside]
    return letters[:1] == [True] or (letters[1:] == [True] and beside[0] in glue)


def names_somebody(text: str, roster: Roster | Names) -> tuple[str, ...]:
    """The handles of those whom `text` names, each once, in the order in which it does."""
    names = names_of(roster) if isinstance(roster, Roster) else roster
    return tuple(dict.fromkeys(one.handle for one in mentions(unicodedata.normalize("NFC", text), names)))
