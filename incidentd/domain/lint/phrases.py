"""Phrases of a lexicon: what they are written as, and where they stand among the tokens of a text.

A phrase is words with a space between: `should have <adverb>? <participle>`. `a|b` is one of several, `<name>` one of
the lexicon's words of that name, `<name's>` the same with a possessive, `word?` may be missing, `*2` are up to two
words, whatever they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from incidentd.domain.lint.tokens import Tokens

MOST_PARTS = 12
_WIDEST_GAP = 4
_POSSESSIVE = "'s"


class BadPhrase(ValueError):
    """The phrase cannot be read; the message says what is wrong, and what to write instead."""


class WordSet(msgspec.Struct, frozen=True, kw_only=True):
    """Words by list and by ending: `endings` ("ed") take in every longer word that is not in `except_`."""

    words: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()
    except_: frozenset[str] = frozenset()

    def holds(self, word: str) -> bool:
        """Whether `word`, in lower case, belongs to it."""
        if word in self.words:
            return True
        return bool(self.endings) and word.endswith(self.endings) and word not in self.except_ and word.isalpha()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a phrase. A `gap` stands for up to so many words."""

    words: frozenset[str] = frozenset()
    sets: tuple[WordSet, ...] = ()
    possessives: tuple[WordSet, ...] = ()
    optional: bool = False
    gap: int = 0

    def after(self, tokens: Tokens, at: int) -> Collection[int]:
        """Where the next part may begin when this one begins at token `at`."""
        if self.gap:
            count = 0
            while count < self.gap and not tokens.is_mark(at + count):
                count += 1
            return range(at, at + count + 1)
        fits = at < len(tokens) and self.holds(tokens.words[at])
        return ([at, at + 1] if fits else [at]) if self.optional else ([at + 1] if fits else [])

    def holds(self, word: str) -> bool:
        """Whether `word` may stand here."""
        if word in self.words or any(one.holds(word) for one in self.sets):
            return True
        owner = word.removesuffix(_POSSESSIVE)
        return owner != word and any(one.holds(owner) for one in self.possessives)


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase that can be looked for."""

    text: str
    parts: tuple[Part, ...]

    def end(self, tokens: Tokens, at: int) -> int:
        """The token behind the longest match that begins at token `at`; -1 when there is none.

        Follows all readings at once, so its cost is bounded by the number of parts and the width of the gaps.
        """
        places: set[int] = {at}
        for part in self.parts:
            places = {after for place in places for after in part.after(tokens, place)}
            if not places:
                return -1
        return max(places)

    def first_words(self) -> frozenset[str]:
        """What the phrase may begin with."""
        first = self.parts[0]
        listed = frozenset().union(first.words, *(one.words for one in first.sets))
        return listed | {f"{word}{_POSSESSIVE}" for one in first.possessives for word in one.words}

    def second_words(self) -> frozenset[str] | None:
        """The words of which one has to stand behind the first; None when that cannot be listed."""
        if len(self.parts) == 1:
            return None
        second = self.parts[1]
        if second.optional or second.gap or second.possessives or any(one.endings for one in second.sets):
            return None
        return frozenset().union(second.words, *(one.words for one in second.sets))


def parse_phrase(text: str, sets: Mapping[str, WordSet], *, anchored: bool = True) -> Phrase:
    """The phrase that `text` says. One that is `anchored` begins with a listed word. Raises `BadPhrase`."""
    parts = tuple(_part(word, sets) for word in text.lower().split())
    if not parts:
        raise BadPhrase("is empty — write words: should have")
    if len(parts) > MOST_PARTS:
        raise BadPhrase(f"has more than {MOST_PARTS} parts — write a shorter phrase")
    if all(part.optional or part.gap for part in parts):
        raise BadPhrase("fits everything — write a word that has to be there")
    if anchored and (parts[0].optional or parts[0].gap or any(one.endings for one in parts[0].sets)):
        raise BadPhrase("begins with what may be anything — begin with a word, or a set of words without endings")
    return Phrase(text=text, parts=parts)


def _part(written: str, sets: Mapping[str, WordSet]) -> Part:
    if written.startswith("*"):
        if not written[1:].isdecimal() or not 0 < int(written[1:3]) <= _WIDEST_GAP:
            raise BadPhrase(f"has a gap {written} — write *1 to *{_WIDEST_GAP}")
        return Part(gap=int(written[1:]))
    words: set[str] = set()
    chosen: list[WordSet] = []
    owners: list[WordSet] = []
    for one in written.removesuffix("?").split("|"):
        if not one:
            raise BadPhrase(f"has an empty choice in {written} — write a|b")
        if not one.startswith("<"):
            words.add(one)
            continue
        name = one[1:-1].removesuffix(_POSSESSIVE)
        if not one.endswith(">") or name not in sets:
            raise BadPhrase(f"names {one}, which is no set of words — there is {', '.join(sorted(sets)) or 'none'}")
        (owners if one.endswith(f"{_POSSESSIVE}>") else chosen).append(sets[name])
    return Part(words=frozenset(words), sets=tuple(chosen), possessives=tuple(owners), optional=written.endswith("?"))
