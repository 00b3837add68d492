"""Lexicons as files: reading one, adding a team's own words to it, and every fault with its line and a remedy.

docs/language-lint.md has the format.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

import msgspec

from incidentd.domain.file_faults import Fault
from incidentd.domain.lint.lexicon import GRAMMAR, Find, Lexicon, Rule, Subject, by_first_word, normal
from incidentd.domain.lint.phrases import BadPhrase, Phrase, WordSet, parse_phrase
from incidentd.domain.toml_lines import Path, key_lines, line_of

T = TypeVar("T")
_MOST_CHARACTERS = 400_000


class BadLexicon(Exception):
    """The lexicon cannot be used; `faults` holds every fault that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class _Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    words: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    except_: tuple[str, ...] = msgspec.field(default=(), name="except")
    drop: tuple[str, ...] = ()


class _Find(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    phrase: str
    subject: Subject = "any"
    unless_near: tuple[str, ...] = ()
    only_near: tuple[str, ...] = ()
    unless_before: tuple[str, ...] = ()
    unless_after: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    at_start: bool = False
    question: bool = False
    suggestion: str = ""


class _Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    category: str = ""
    message: str = ""
    suggestion: str = ""
    ask: str = ""
    off: bool = False
    drop: tuple[str, ...] = ()
    find: tuple[str | _Find, ...] = ()


_TABLES: Mapping[str, type[_Words] | type[_Rule]] = {"words": _Words, "rules": _Rule}


def parse_lexicon(text: str, file: str, base: Lexicon | None = None) -> Lexicon:
    """The lexicon of a TOML text, or `base` with what the text adds and drops. Raises `BadLexicon`."""
    return _File(text, file).lexicon(base)


class _File:
    """One file while it is read."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._faults: list[Fault] = []
        self._source = text.replace("\r\n", "\n")
        self._lines: dict[Path, int] | None = None  # read when there is a fault: a third of the time
        self._data = self._parsed(text)
        self._words = self._tables("words", _Words)
        self._rules = self._tables("rules", _Rule)

    def lexicon(self, base: Lexicon | None) -> Lexicon:
        """Raises `BadLexicon` with every fault."""
        for key in self._data:
            if key not in ("language", "name", *_TABLES):
                self._fault((key,), "unknown key", "there is language, name, words, rules")
        words = self._word_sets({} if base is None else base.words)
        if base is None:
            for name, meaning in GRAMMAR.items():
                if name not in words:
                    self._fault(("words",), f"has no [words.{name}]", f"add it: {meaning}")
        rules = dict(base.rules) if base is not None else {}
        for name, table in self._rules.items():
            rule = self._rule(name, table, rules.get(name), words)
            if table.off:
                rules.pop(name, None)
            elif rule is not None:
                rules[name] = rule
        if self._faults:
            raise BadLexicon(sorted(self._faults, key=lambda fault: fault.line))
        return Lexicon(
            language=self._text("language", base.language if base else ""),
            name=self._text("name", base.name if base else ""),
            words=words,
            rules=rules,
            starts=by_first_word(rules),
        )

    # ------------------------------------------------------------------ shape
    def _parsed(self, text: str) -> dict[str, Any]:
        if len(text) > _MOST_CHARACTERS:
            self._refuse(0, f"is longer than {_MOST_CHARACTERS} characters", "is this the right file?")
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            message, _, place = str(error).partition(" (at line ")
            digits = place.partition(",")[0]
            self._refuse(
                int(digits) if digits.isdigit() else text.count("\n") + 1, f"is no TOML: {message}", "correct this line"
            )
        except RecursionError:
            self._refuse(0, "is nested too deeply", "write flatter tables")
        return data

    def _refuse(self, line: int, what: str, remedy: str) -> NoReturn:
        raise BadLexicon([Fault(file=self._file, line=line, key="", what=what, remedy=remedy)])

    def _fault(self, path: Path, what: str, remedy: str) -> None:
        key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
        if self._lines is None:
            self._lines = key_lines(self._source)
        line = line_of(self._lines, path)
        self._faults.append(Fault(file=self._file, line=line, key=key, what=what, remedy=remedy))

    def _text(self, key: str, otherwise: str) -> str:
        value = self._data.get(key, otherwise)
        return value if isinstance(value, str) else otherwise

    def _tables(self, name: str, kind: type[T]) -> dict[str, T]:
        tables = self._data.get(name, {})
        if not isinstance(tables, dict):
            self._fault((name,), "is no table", f"write [{name}.NAME]")
            return {}
        read = {one: self._read((name, one), value, kind) for one, value in tables.items()}
        return {one: value for one, value in read.items() if value is not None}

    def _read(self, path: Path, value: object, kind: type[T]) -> T | None:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            what, _, inside = str(error).partition(" - at `$")
            fields = msgspec.structs.fields(_Find if ".find[" in inside else kind)  # type: ignore[arg-type]
            known = ", ".join(one.encode_name for one in fields)
            remedy = f"there is {known}" if "unknown field" in what else "correct the value"
            self._fault((*path, *_inside(inside)), what[0].lower() + what[1:], remedy)
            return None

    # ------------------------------------------------------------------ meaning
    def _word_sets(self, base: Mapping[str, WordSet]) -> dict[str, WordSet]:
        sets = dict(base)
        for name, table in self._words.items():
            before = sets.get(name, WordSet())
            dropped = self._spelled(("words", name, "drop"), table.drop, sets)
            excepted = before.except_ | self._spelled(("words", name, "except"), table.except_, sets) | dropped
            sets[name] = WordSet(
                words=(before.words | self._spelled(("words", name, "words"), table.words, sets)) - excepted,
                endings=before.endings + table.endings,
                except_=excepted,
            )
        return sets

    def _spelled(self, path: Path, written: Iterable[str], sets: Mapping[str, WordSet]) -> frozenset[str]:
        """The words of a list, in which <name> stands for those of a set that was written before."""
        found: set[str] = set()
        for index, word in enumerate(written):
            if word.startswith("<") and word[1:-1] in sets:
                found |= sets[word[1:-1]].words
            elif word.startswith("<"):
                self._fault((*path, index), f"{word} is no set of words", "name one that is written further up")
            elif len(word.split()) != 1:
                self._fault((*path, index), f'"{word}" is not one word', "write one word each")
            else:
                found.add(normal(word))
        return frozenset(found)

    def _rule(self, name: str, table: _Rule, base: Rule | None, words: Mapping[str, WordSet]) -> Rule | None:
        for key in ("category", "message", "suggestion"):
            if base is None and not getattr(table, key) and not table.off:
                self._fault(("rules", name), f"has no {key}", f'add `{key} = "..."`')
        found = (self._find(("rules", name, "find", index), one, words) for index, one in enumerate(table.find))
        finds = tuple(one for one in found if one is not None)
        return Rule(
            id=name,
            category=table.category or (base.category if base else ""),
            message=table.message or (base.message if base else ""),
            suggestion=table.suggestion or (base.suggestion if base else ""),
            ask=table.ask or (base.ask if base else ""),
            find=(base.find if base else ()) + finds,
            dropped=(base.dropped if base else frozenset()) | {normal(one) for one in table.drop},
        )

    def _find(self, path: Path, written: str | _Find, words: Mapping[str, WordSet]) -> Find | None:
        table = _Find(phrase=written) if isinstance(written, str) else written
        phrase = self._phrases(path if isinstance(written, str) else (*path, "phrase"), [table.phrase], words, True)
        parts = {
            key: self._phrases((*path, key), getattr(table, key), words, False)
            for key in ("unless_near", "only_near", "unless_after", "only_after")
        }
        if not phrase:
            return None
        return Find(
            phrase=phrase[0],
            subject=table.subject,
            unless_near=_by_word(parts["unless_near"]),
            only_near=_by_word(parts["only_near"]),
            unless_before=frozenset(normal(one) for one in table.unless_before),
            unless_after=parts["unless_after"],
            only_after=parts["only_after"],
            at_start=table.at_start,
            question=table.question,
            suggestion=table.suggestion,
        )

    def _phrases(
        self, path: Path, written: Iterable[str], words: Mapping[str, WordSet], found: bool
    ) -> tuple[Phrase, ...]:
        """Phrases that can be read. What is looked for, and what is looked for in its sentence, begins with a word."""
        anchored = found or str(path[-1]).endswith("_near")
        phrases = []
        for one in written:
            try:
                phrases.append(parse_phrase(one, words, anchored=anchored))
            except BadPhrase as error:
                what, _, remedy = str(error).partition(" — ")
                self._fault(path, f'"{one}" {what}', remedy)
        return tuple(phrases)


def _by_word(phrases: Iterable[Phrase]) -> dict[str, tuple[Phrase, ...]]:
    found: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        for word in phrase.first_words():
            found.setdefault(word, []).append(phrase)
    return {word: tuple(tried) for word, tried in found.items()}


def _inside(place: str) -> Path:
    """The path in msgspec's `.find[2].phrase`."""
    parts: list[str | int] = []
    for part in place.strip("`").replace("[", ".").replace("]", "").split("."):
        if part and part != "...":
            parts.append(int(part) if part.isdecimal() else part)
    return tuple(parts)
