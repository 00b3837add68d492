"""Comments in a text that allow what a rule would find: `<!-- incidentd-lint: allow RULE because REASON -->`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection

import msgspec

from incidentd.domain.lint.inline import COMMENT

_COMMENT = re.compile(r"<!--[ \t]{0,20}incidentd-lint:([^\n]{0,500}?)-->")
_LONGEST = 5000  # characters of a paragraph
_MOST = 500
_ALLOW = re.compile(r"\s*allow\s+([\w-]+)(?:\s+because\s+(\S.*?))?\s*")


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """One comment, the rule it allows and the offsets within which it does. With a `fault` it allows nothing."""

    start: int
    end: int
    rule: str = ""
    reason: str = ""
    first: int = 0
    last: int = 0
    fault: str = ""

    def covers(self, rule: str, offset: int) -> bool:
        """Whether a finding of `rule` at `offset` is allowed."""
        return not self.fault and rule == self.rule and self.first <= offset < self.last


def allowances(text: str, read: str, rules: Collection[str]) -> tuple[Allowance, ...]:
    """Every such comment of `text`; `read` is its prose, where comments are filled with `COMMENT`.

    A comment counts for the lines that it stands on; when it has its line for itself, for the paragraph behind it.
    """
    comments = (found for found in _COMMENT.finditer(text) if read[found.start()] == COMMENT)
    return tuple(_allowance(text, found, rules) for found in itertools.islice(comments, _MOST))


def _allowance(text: str, comment: re.Match[str], rules: Collection[str]) -> Allowance:
    said = _ALLOW.fullmatch(comment[1])
    if said is None:
        fault = "This comment is for the language lint, which does not understand it."
    elif said[1] not in rules:
        fault = f"There is no rule {said[1]} that a comment could allow: there is {', '.join(sorted(rules))}."
    elif not said[2]:
        fault = "A comment that allows something says why: the next reader will ask."
    else:
        first, last = _scope(text, comment)
        return Allowance(start=comment.start(), end=comment.end(), rule=said[1], reason=said[2], first=first, last=last)
    return Allowance(start=comment.start(), end=comment.end(), fault=fault)


def _scope(text: str, comment: re.Match[str]) -> tuple[int, int]:
    first = text.rfind("\n", 0, comment.start()) + 1
    last = text.find("\n", comment.end())
    last = len(text) if last < 0 else last
    if text[first : comment.start()].strip() or text[comment.end() : last].strip():
        return first, last
    at, begun = last + 1, False
    for line in text[at : at + _LONGEST].split("\n"):  # over the blank lines, then over the paragraph
        if begun and not line.strip():
            break
        begun = begun or bool(line.strip())
        at += len(line) + 1
    return first, at
