"""The lexicon of a language: sets of words, and rules that say what to look for and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from incidentd.domain.lint.phrases import Phrase, WordSet

Subject = Literal["any", "person", "name", "no-thing"]
PERSON, THING, BETWEEN, LINKING, DETERMINER = "person", "thing", "between", "linking", "determiner"
GRAMMAR: Mapping[str, str] = {
    PERSON: "words for people: engineer, team, we, nobody",
    THING: "words for what is no person: pod, deploy, dashboard",
    BETWEEN: "what may stand between a subject and its verb: also, had, who",
    LINKING: "what ties one noun to another: of, for, on",
    DETERMINER: "what stands before a noun: the, our, each",
}
"""The sets of words that every lexicon has, by what they are for: the grammar looks for a sentence's subject."""


class Find(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase to look for, and what has to stand around it.

    `subject` says who may be the subject before it: a `person` of the lexicon or the roster, such a person or what may
    be a `name`, or anything but a thing. `unless_near` are phrases that excuse it anywhere in its sentence,
    `unless_before` and `unless_after` those that excuse it right beside it. `only_near` and `only_after` have to be
    there; the end of the sentence will do for `only_after`.
    """

    phrase: Phrase
    subject: Subject = "any"
    unless_near: Mapping[str, tuple[Phrase, ...]] = {}
    only_near: Mapping[str, tuple[Phrase, ...]] = {}
    unless_before: frozenset[str] = frozenset()
    unless_after: tuple[Phrase, ...] = ()
    only_after: tuple[Phrase, ...] = ()
    at_start: bool = False
    question: bool = False
    suggestion: str = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What is found, why it is in the way of learning, and what to write or ask instead.

    `{text}` in a text stands for what was found, `{name}` for the name of the review. `dropped` are findings that the
    team's own lexicon takes back.
    """

    id: str
    category: str
    message: str
    suggestion: str
    ask: str  # the suggestion in a few words, for a narrow place
    find: tuple[Find, ...]
    dropped: frozenset[str] = frozenset()


Candidate = tuple[Rule, Find, frozenset[str] | None]
"""What to try at a word, and the words of which one has to follow, None when any may."""


class Lexicon(msgspec.Struct, frozen=True, kw_only=True):
    """All rules of a language. `starts` has what to try at each word."""

    language: str
    name: str
    words: Mapping[str, WordSet]
    rules: Mapping[str, Rule]
    starts: Mapping[str, tuple[Candidate, ...]]

    def without(self, disabled: frozenset[str]) -> Lexicon:
        """The lexicon without some of its rules."""
        rules = {name: rule for name, rule in self.rules.items() if name not in disabled}
        return msgspec.structs.replace(self, rules=rules, starts=by_first_word(rules))


def by_first_word(rules: Mapping[str, Rule]) -> dict[str, tuple[Candidate, ...]]:
    """What to try at a word, for every word that a phrase begins with."""
    found: dict[str, list[Candidate]] = {}
    for rule in rules.values():
        for find in rule.find:
            second = find.phrase.second_words()
            for word in find.phrase.first_words():
                found.setdefault(word, []).append((rule, find, second))
    return {word: tuple(tried) for word, tried in found.items()}


def normal(phrase: str) -> str:
    """A phrase as it is compared: its words in lower case with one space between."""
    return " ".join(phrase.lower().replace("’", "'").split())
