"""A text as the tokens that rules look at: words, and the marks that end a sentence or a part of one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from incidentd.domain.lint.inline import BREAK, COMMENT, THING

# A word keeps what joins its parts: lazy-loading, is_ready, don't and notes/plan.md are one token each.
_TOKEN = re.compile(
    rf"[^\W_]+(?:['’\-‐‑_./@:+&][^\W_]+)*|[.!?;:|…]+|\n[ \t\r]*\n|[{BREAK}{COMMENT}]+|{THING}+|[,()–—]+"
)
_ENDS_SENTENCE = frozenset(f".!?;:|…\n{BREAK}{COMMENT}")
_ENDS_PART = frozenset(",()–—")
_MOST = 250_000  # what comes behind so many tokens is not read: a megabyte of prose has 200,000
_PLAIN = str.maketrans("’‐‑", "'--")


class Tokens:
    """The tokens of a text. `words` are in lower case, with plain apostrophes and hyphens."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = list(itertools.islice(_TOKEN.finditer(text), _MOST))
        self.starts = [one.start() for one in found]
        self.ends = [one.end() for one in found]
        plain = text if text.isascii() else text.translate(_PLAIN)
        lowered = plain.lower()
        whole = lowered if len(lowered) == len(text) else None  # a few letters change their length
        self.words = [
            whole[one.start() : one.end()] if whole is not None else plain[one.start() : one.end()].lower()
            for one in found
        ]

    def __len__(self) -> int:
        return len(self.words)

    def is_end(self, at: int) -> bool:
        """Whether a sentence ends at token `at`, or the text does before it."""
        if not 0 <= at < len(self.words):
            return True
        return self.words[at][0] in _ENDS_SENTENCE

    def is_mark(self, at: int) -> bool:
        """Whether token `at` is no word: the end of a sentence or of a part of one."""
        return self.is_end(at) or self.words[at][0] in _ENDS_PART

    def is_thing(self, at: int) -> bool:
        """Whether a code span, an address or a quotation stands at token `at`."""
        return 0 <= at < len(self.words) and self.words[at][0] == THING

    def original(self, at: int) -> str:
        """Token `at` as it was written."""
        return self.text[self.starts[at] : self.ends[at]]

    def back(self, at: int, most: int) -> Iterator[int]:
        """The tokens before `at` in its sentence, the nearest first."""
        for place in range(at - 1, max(at - 1 - most, -1), -1):
            if self.is_end(place):
                return
            yield place

    def ahead(self, at: int, most: int) -> Iterator[int]:
        """The tokens from `at` on in its sentence."""
        for place in range(at, min(at + most, len(self.words))):
            if self.is_end(place):
                return
            yield place

    def closing(self, at: int, most: int) -> str:
        """What ends the sentence of token `at`: "?" for a question, "" when it is too far away."""
        for place in range(at, min(at + most, len(self.words))):
            if self.is_end(place):
                return self.words[place]
        return ""
