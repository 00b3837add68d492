"""The filter of lists: words that must occur, and label matchers such as team=web or host=~"db.*"."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from incidentd.domain.matchers import BadMatcher, Matcher, matches_all, parse_matcher

_PART = re.compile(r"""[A-Za-z_][A-Za-z0-9_.:/-]*(?:=~|!~|!=|=)(?:"(?:[^"\\]|\\.)*"|\S*)|\S+""")
_MATCHER = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/-]*(?:=~|!~|!=|=)")


class Filter(msgspec.Struct, frozen=True):
    """`fault` says what is wrong with a matcher; the rest of the filter still works."""

    text: str = ""
    words: tuple[str, ...] = ()
    matchers: tuple[Matcher, ...] = ()
    fault: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.matchers)

    def accepts(self, haystack: str, labels: Mapping[str, str]) -> bool:
        """Whether every word occurs in `haystack` (small letters) and every matcher fits `labels`."""
        return all(word in haystack for word in self.words) and matches_all(self.matchers, labels)


def parse_filter(text: str) -> Filter:
    """Read what was typed after `/`."""
    words: list[str] = []
    matchers: list[Matcher] = []
    fault = ""
    for part in _PART.findall(text):
        if not _MATCHER.match(part):
            words.append(part.lower())
            continue
        try:
            matchers.append(parse_matcher(part))
        except BadMatcher as error:
            fault = str(error)
    return Filter(text, tuple(words), tuple(matchers), fault)
