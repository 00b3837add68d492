"""Label matchers in Alertmanager's notation: name=value, name!=value, name=~regex, name!~regex.

Regular expressions are RE2 and anchored at both ends: they come from users, and RE2 runs in linear time.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

_SYNTAX = re.compile(
    r"""\s*([A-Za-z_][A-Za-z0-9_.:/-]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|(.*?))\s*""", re.DOTALL
)
_ESCAPE = re.compile(r'\\([n"\\])')  # before anything else a backslash is a backslash, as in Alertmanager
_MAX_PATTERN = 2000
_PATTERN = r"mend the pattern; it has to fit the whole value, and \ makes a character stand for itself: host=~db\..*"


class Op(enum.StrEnum):
    """How a matcher compares the label's value with its own."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCH = "=~"
    NOT_MATCH = "!~"


class Matcher(msgspec.Struct, frozen=True):
    """One condition on a label. A label that is absent has the value ""."""

    name: str
    op: Op
    value: str

    def __str__(self) -> str:
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.name}{self.op.value}"{escaped}"'


class BadMatcher(ValueError):
    """The text is no matcher; the message says what was expected, `remedy` what to do about a pattern."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    import re2  # type: ignore[import-untyped]  # loaded only where a regex is used: 15 ms and 5 MB

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _full_match(pattern: str, value: str) -> bool:
    try:
        return _compiled(pattern).fullmatch(value) is not None
    except UnicodeEncodeError:  # a lone surrogate: RE2 works on UTF-8, and an alert must be routed whatever it holds
        return _compiled(pattern).fullmatch(value.encode("utf-8", "replace").decode()) is not None


def parse_matcher(text: str) -> Matcher:
    """Read `name=value` and its kin; the value may be quoted. Raises `BadMatcher`."""
    found = _SYNTAX.fullmatch(text)
    if found is None:
        raise BadMatcher(f"{text!r} is no matcher: write name=value, name!=value, name=~regex or name!~regex")
    name, op, quoted, bare = found.groups()
    value = bare if quoted is None else _ESCAPE.sub(lambda m: "\n" if m[1] == "n" else m[1], quoted)
    return checked(Matcher(name, Op(op), value))


def checked(matcher: Matcher) -> Matcher:
    """`matcher` itself when its pattern compiles; raises `BadMatcher` otherwise."""
    if matcher.op in (Op.MATCH, Op.NOT_MATCH):
        if len(matcher.value) > _MAX_PATTERN:
            raise BadMatcher(
                f"the pattern of {matcher.name} is longer than {_MAX_PATTERN} characters",
                remedy="write several matchers",
            )
        try:
            _compiled(matcher.value)
        except Exception as error:  # re2.error is no public name in every build
            why = error.args[0] if error.args else error
            text = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
            raise BadMatcher(f"{matcher.value!r} is no RE2 pattern: {text}", remedy=_PATTERN) from error
    return matcher


def matches(matcher: Matcher, labels: Mapping[str, str]) -> bool:
    """Whether `labels` fulfil one condition."""
    value = labels.get(matcher.name, "")
    match matcher.op:
        case Op.EQUAL:
            return value == matcher.value
        case Op.NOT_EQUAL:
            return value != matcher.value
        case Op.MATCH:
            return _full_match(matcher.value, value)
        case Op.NOT_MATCH:
            return not _full_match(matcher.value, value)


def matches_all(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether `labels` fulfil every condition."""
    return all(matches(matcher, labels) for matcher in matchers)
