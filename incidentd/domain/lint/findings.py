"""Linting a text: where a rule of the lexicon finds wording that judges, supposes or ends the questions."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Collection, Iterator, Mapping

import msgspec

from incidentd.domain.lint.allowances import allowances
from incidentd.domain.lint.lexicon import (
    BETWEEN,
    DETERMINER,
    LINKING,
    PERSON,
    THING,
    Candidate,
    Find,
    Lexicon,
    Rule,
    normal,
)
from incidentd.domain.lint.phrases import Phrase
from incidentd.domain.lint.prose import prose
from incidentd.domain.lint.tokens import Tokens

DEFAULT_NAME = "Incident Review"
ALLOWANCE = "allowance"
"""The rule of comments that allow something and do not say what, or why."""
_FIELD = re.compile(r"\{(?:text|name)\}")
_NAME = "name"
_SENTENCE = 24  # tokens on each side that count as the same sentence
_SUBJECT = 8  # tokens between a subject and its verb
_MOST = 1000
_MOST_TRIED = 10_000  # phrases begun: a megabyte of prose begins a fraction of them, what is hostile begins one a word


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Wording that a rule found. Offsets and columns count characters; lines and columns begin at 1.

    `message` says in one sentence why it is in the way; `suggestion` is a question to answer instead, or other words,
    and `ask` the same in a few words, for a narrow place.
    """

    rule: str
    category: str
    start: int
    end: int
    line: int
    column: int
    text: str
    message: str
    suggestion: str
    ask: str


def lint(
    text: str,
    lexicon: Lexicon,
    *,
    markdown: bool = True,
    review_name: str = DEFAULT_NAME,
    people: Collection[str] = (),
) -> tuple[Finding, ...]:
    """What the rules find in `text`, in its order, at most a thousand; no two of them overlap.

    `people` are names that mean a person, in lower case. `review_name` is what this team calls its review.
    The cost grows with the length of the text, whatever it holds.
    """
    read = prose(text, markdown=markdown)
    places = _Places(text)
    allowed = allowances(text, read, frozenset(lexicon.rules)) if markdown else ()
    found = [
        places.finding(rule, find, start, end, review_name)
        for rule, find, start, end in itertools.islice(_Reader(Tokens(read), lexicon, frozenset(people)).found(), _MOST)
        if not any(one.covers(rule.id, start) for one in allowed)
    ]
    own = normal(review_name)
    kept = [
        one for one in found if normal(one.text) not in lexicon.rules[one.rule].dropped and normal(one.text) not in own
    ]
    faults = [places.fault(one.start, one.end, one.fault) for one in allowed if one.fault]
    return tuple(sorted((*kept, *faults), key=lambda one: one.start))


class _Places:
    """Lines and columns of offsets."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0]
        at = text.find("\n")
        while at >= 0:
            self._lines.append(at + 1)
            at = text.find("\n", at + 1)

    def finding(self, rule: Rule, find: Find, start: int, end: int, name: str) -> Finding:
        said = {
            "message": rule.message,
            "suggestion": find.suggestion or rule.suggestion,
            "ask": find.suggestion or rule.ask or rule.suggestion,
        }
        text = " ".join(self._text[start:end].split())
        filled = {key: _filled(one, {"{text}": text, "{name}": name}) for key, one in said.items()}
        return self._made(start, end, rule=rule.id, category=rule.category, **filled)

    def fault(self, start: int, end: int, what: str) -> Finding:
        remedy = "write <!-- incidentd-lint: allow RULE because REASON -->"
        return self._made(start, end, rule=ALLOWANCE, category=ALLOWANCE, message=what, suggestion=remedy, ask=remedy)

    def _made(self, start: int, end: int, **said: str) -> Finding:
        line = bisect.bisect_right(self._lines, start)
        column = start - self._lines[line - 1] + 1
        return Finding(start=start, end=end, line=line, column=column, text=self._text[start:end], **said)


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Not str.format: what was found may hold braces."""
    return _FIELD.sub(lambda field: values[field[0]], template)


class _Reader:
    """Reads the tokens once; at each of them the phrases that begin with it are tried, the longest wins."""

    def __init__(self, tokens: Tokens, lexicon: Lexicon, people: frozenset[str]) -> None:
        self._tokens = tokens
        self._starts = lexicon.starts
        self._words = lexicon.words
        self._people = people
        self._tried = 0

    def found(self) -> Iterator[tuple[Rule, Find, int, int]]:
        """Each rule that found something, with the offsets of what it found."""
        at, tokens = 0, self._tokens
        starts, words = self._starts, tokens.words
        while at < len(words) and self._tried < _MOST_TRIED:
            tried = starts.get(words[at])
            best = self._longest(tried, at) if tried else None
            if best is None:
                at += 1
                continue
            rule, find, end = best
            yield rule, find, tokens.starts[at], tokens.ends[end - 1]
            at = end

    def _longest(self, tried: Collection[Candidate], at: int) -> tuple[Rule, Find, int] | None:
        best: tuple[Rule, Find, int] | None = None
        words = self._tokens.words
        following = words[at + 1] if at + 1 < len(words) else ""
        for rule, find, second in tried:
            if second is not None and following not in second:
                continue
            self._tried += 1
            end = find.phrase.end(self._tokens, at)
            if end > at and (best is None or end > best[2]) and self._applies(find, at, end):
                best = rule, find, end
        return best

    def _applies(self, find: Find, start: int, end: int) -> bool:
        tokens = self._tokens
        if find.at_start and not tokens.is_end(start - 1):
            return False
        if find.unless_before and start and tokens.words[start - 1] in find.unless_before:
            return False
        if any(one.end(tokens, end) > 0 for one in find.unless_after):
            return False
        if find.only_after and not tokens.is_end(end) and not any(one.end(tokens, end) > 0 for one in find.only_after):
            return False
        if find.question and not tokens.closing(end, _SENTENCE).startswith("?"):
            return False
        if find.unless_near and self._near(find.unless_near, start, end):
            return False
        if find.only_near and not self._near(find.only_near, start, end):
            return False
        return find.subject == "any" or self._subject_fits(find, start)

    def _near(self, phrases: Mapping[str, tuple[Phrase, ...]], start: int, end: int) -> bool:
        """Whether one of `phrases` stands in the sentence, before or behind what was found."""
        tokens = self._tokens
        return any(
            one.end(tokens, place) > 0
            for place in itertools.chain(tokens.back(start, _SENTENCE), tokens.ahead(end, _SENTENCE))
            for one in phrases.get(tokens.words[place], ())
        )

    def _subject_fits(self, find: Find, start: int) -> bool:
        subject = self._subject(start)
        if find.subject == PERSON:
            return subject == PERSON
        return subject in (PERSON, _NAME) if find.subject == _NAME else subject != THING

    def _subject(self, at: int) -> str:
        """What the verb at token `at` speaks of: a person, what may be a name, a thing; "" when it cannot be told."""
        place, farthest = at - 1, at - _SUBJECT
        while place >= farthest and not self._tokens.is_mark(place):
            kind = self._kind(place)
            if kind in (PERSON, _NAME):
                return kind
            if kind == BETWEEN:
                place -= 1
                continue
            head = self._head(place)
            if head == place:
                return kind
            place = head
        return ""

    def _kind(self, at: int) -> str:
        """What token `at` may be as a subject: a person, a thing, a name, or a word between it and its verb; or ""."""
        word = self._tokens.words[at]
        if word in self._people or self._words[PERSON].holds(word):
            return PERSON
        if self._tokens.is_thing(at) or self._words[THING].holds(word):
            return THING
        if self._words[BETWEEN].holds(word):
            return BETWEEN
        return _NAME if self._is_name(at) else ""

    def _head(self, at: int) -> int:
        """Where the noun stands that the noun at token `at` only explains (the author of the change); else `at`."""
        for place in self._tokens.back(at, 3):
            if self._words[LINKING].holds(self._tokens.words[place]):
                return place - 1
        return at

    def _is_name(self, at: int) -> bool:
        """Whether a name may stand at token `at`: Ada, without an article."""
        original = self._tokens.original(at)
        if not (original[0].isupper() and original[1:].islower()):
            return False
        return self._tokens.is_mark(at - 1) or not self._words[DETERMINER].holds(self._tokens.words[at - 1])
