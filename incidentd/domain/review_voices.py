"""Who people are in the document of a review: roles by default, the same for the same person in every text of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from incidentd.domain.people import Person, Roster
from incidentd.domain.roles import Role
from incidentd.wire import RoleHolder

Names = Literal["roles", "names"]
OURS = "an engineer"
"""What everybody of the team is to customers."""
_ORDINALS = ("", "second ", "third ", "fourth ", "fifth ")
_LEADING = (
    Role.MITIGATION_LEAD, Role.COMMUNICATIONS_LEAD, Role.SCRIBE, Role.SUPPORT_TRIAGER,
    Role.RESPONDER, Role.FACILITATOR, Role.NOTE_TAKER, Role.REVIEW_OWNER,
)  # fmt: skip
# Names that are words as well: without an @ or the rest of the name they are left as they stand.
_WORDS = frozenset(
    {"art", "bill", "chance", "chase", "dean", "don", "drew", "duke", "earl", "faith", "gene", "grace", "grant", "guy",
     "hope", "jack", "joy", "june", "mark", "max", "may", "pat", "rich", "rob", "root", "rose", "sue", "will"}
)  # fmt: skip
_BEGINS = re.compile(r"(?:[.!?]\s+|\n)\s*(?:[-*]\s+)?\Z")
_WORD = re.compile(r"\w+")
_LOOK_BACK = 20  # characters; what begins a sentence stands right before it


class _Spelling(NamedTuple):
    """One way to name somebody. `sure`: however it is written; else with a capital, a `word` not as the first one."""

    handle: str
    sure: bool
    word: bool = False


class Voices:
    """Asked for everybody in the order of the text: the first responder is "a responder", the next "responder 2"."""

    def __init__(
        self,
        held: Sequence[RoleHolder],
        roster: Roster,
        names: Names,
        *,
        known: Iterable[str] = (),
        otherwise: Mapping[str, str] = MappingProxyType({}),
        ours: bool = False,
    ) -> None:
        """`otherwise` are roles of people who held none; `ours`: readers are customers, to whom all are one."""
        self._people = roster.people
        self._names = names
        self._ours = ours
        self._role = {**otherwise, **_first_roles(held)}
        self._given: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._spellings = _spellings(self._people, {*known, *self._role})
        self._by_word: dict[str, list[str]] = {}  # by their first word: a text is searched for those that may be in it
        for spelling in self._spellings:
            for first in _WORD.findall(spelling)[:1]:
                self._by_word.setdefault(first, []).append(spelling)

    @property
    def hides(self) -> bool:
        """Whether people are not named."""
        return self._ours or self._names == "roles"

    def of(self, handle: str) -> str:
        """What somebody is called; "" for the program itself."""
        if handle in ("", "system"):
            return ""
        if self._ours:
            return OURS
        if self._names == "names":
            person = self._people.get(handle)
            return person.name if person is not None and person.name else handle
        if handle not in self._given:
            self._given[handle] = self._next(self._role.get(handle))
        return self._given[handle]

    def _next(self, role: str | None) -> str:
        word = "colleague" if role is None else role.replace("_", " ")
        count = self._counts[word] = self._counts.get(word, 0) + 1
        if role is None or role == Role.RESPONDER:
            return f"a {word}" if count == 1 else f"{word} {count}"
        return f"the {_ORDINALS[count - 1]}{word}" if count <= len(_ORDINALS) else f"{word} {count}"

    def said(self, text: str) -> str:
        """`text` with everybody in it called so, possessives included."""
        here = {word for word in _WORD.findall(text.casefold()) if word in self._by_word} if self.hides else ()
        if not here:
            return text
        pattern = _pattern(spelling for word in here for spelling in self._by_word[word])
        return pattern.sub(lambda found: self._instead(found, text), text)

    def _instead(self, found: re.Match[str], text: str) -> str:
        named = self._spellings.get(_key(found["name"]))
        if named is None:  # letters that are alike to the pattern and to nobody else, such as a dotless i
            return found[0]
        before = text[max(found.start() - _LOOK_BACK, 0) : found.start()]
        begins = _BEGINS.search(before if found.start() > _LOOK_BACK else f"\n{before}") is not None
        if not (named.sure or found["at"] or (found["name"][0].isupper() and not (named.word and begins))):
            return found[0]
        shown = self.of(named.handle)
        return (shown[0].upper() + shown[1:] if begins else shown) + ("'s" if found["bare"] else "")


def _first_roles(held: Sequence[RoleHolder]) -> dict[str, str]:
    """The most telling role that each person held, in the order in which the roles were taken."""
    rank = {role.value: number for number, role in enumerate(_LEADING)}
    found: dict[str, str] = {}
    for one in sorted(held, key=lambda one: (one.starts_at, one.id)):
        now = found.get(one.person)
        if now is None or rank.get(one.role, len(rank)) < rank.get(now, len(rank)):
            found[one.person] = one.role
    return found


def _key(spelling: str) -> str:
    return " ".join(spelling.casefold().split())


def _spellings(people: Mapping[str, Person], known: set[str]) -> dict[str, _Spelling]:
    """Every way in which somebody may be named. A given name that two share stands for the first of them."""
    found: dict[str, _Spelling] = {}
    for handle in (*people, *sorted(known - {*people, "", "system"})):
        word = _key(handle) in _WORDS
        found[_key(handle)] = _Spelling(handle, sure=not word, word=word)
    for handle, person in people.items():
        if len(parts := person.name.split()) > 1:
            found.setdefault(_key(person.name), _Spelling(handle, sure=True))
        for number, part in enumerate(parts):
            if len(part) > 2 and part[0].isupper():
                word = number > 0 or _key(part) in _WORDS  # family names such as Page begin sentences of the program
                found.setdefault(_key(part), _Spelling(handle, sure=False, word=word))
    return found


def _pattern(spellings: Iterable[str]) -> re.Pattern[str]:
    """Any of them as a word of its own, with an @ before it or the rest of an address of mail behind it."""
    words = [r"\s+".join(map(re.escape, one.split(" "))) for one in sorted(spellings, key=lambda one: (-len(one), one))]
    return re.compile(
        rf"(?<![\w.@/-])(?P<at>@?)(?P<name>{'|'.join(words)})(?:@[\w.-]*\w)?(?![\w-])(?P<bare>(?<=[sS])['’](?!\w))?",
        re.IGNORECASE,
    )
