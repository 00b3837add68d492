"""The lexicons of the language lint that come with incidentd: one TOML file a language (docs/language-lint.md)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from incidentd.domain.lint.lexicon import Lexicon
from incidentd.domain.lint.lexicon_file import parse_lexicon

DEFAULT = "en"
_HERE = Path(__file__).parent


class UnknownLanguage(Exception):
    """No lexicon of that language comes with incidentd; the message names those that do."""


def languages() -> list[str]:
    """The languages that incidentd has a lexicon for."""
    return sorted(path.stem for path in _HERE.glob("*.toml"))


@lru_cache
def shipped(language: str = DEFAULT) -> Lexicon:
    """The lexicon of a language. Raises `UnknownLanguage`."""
    if language not in languages():
        raise UnknownLanguage(f"there is no lexicon for {language!r}: there is {', '.join(languages())}")
    file = _HERE / f"{language}.toml"
    return parse_lexicon(file.read_text(encoding="utf-8"), file.name)


@lru_cache(maxsize=4)
def chosen(language: str, own: str, file: str) -> Lexicon:
    """The lexicon that settings choose: `own` is the text of `file`, "" for none. Raises what the others raise."""
    return with_own(language, own, file) if own else shipped(language)


def with_own(language: str, text: str, file: str) -> Lexicon:
    """The lexicon of a language with a team's own `file` on top; of any other language the file has to be whole.

    Raises `BadLexicon`.
    """
    return parse_lexicon(text, file, shipped(language) if language in languages() else None)
