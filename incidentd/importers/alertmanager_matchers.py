"""Matchers as Alertmanager reads them: its classic syntax first, then the one with quoted names (since 0.27).

Follows `ParseMatchers` and `ParseMatcher` of Alertmanager's pkg/labels: text is split at commas outside of quotes,
a backslash before anything but n, " and \\ is a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from incidentd.domain.matchers import BadMatcher, Matcher, Op, checked, parse_matcher
from incidentd.importers.yaml_table import Table

_CLASSIC = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|!~|!=|=)\s*(.*?)\s*", re.DOTALL)
_UTF8 = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|([^\s{}!=~,\\"'`]+))\s*(=~|!~|!=|=)\s*(.*?)\s*""", re.DOTALL)
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[^",\\]+|["\\]|(,)', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\([n"\\])')


def parse_matchers(text: str) -> list[Matcher]:
    """`a="b"`, `a=b, c=~"d"` or `{a="b"}` as matchers. Raises `BadMatcher`."""
    inner = text.strip().removeprefix("{").removesuffix("}")
    return [_one(part) for part in _split(inner) if part.strip()]


def carried(name: str, op: Op, value: str) -> Matcher:
    """A matcher that incidentd reads back as it is. Raises `BadMatcher`."""
    matcher = checked(Matcher(name, op, value))
    if parse_matcher(str(matcher)) != matcher:
        raise BadMatcher(f"incidentd cannot match on a label called {name!r}")
    return matcher


def matchers_of(table: Table, prefix: str = "") -> list[Matcher]:
    """All conditions under `match`, `match_re` and `matchers`, or those keys after `prefix`. Raises `BadMatcher`."""
    plain = [carried(name, Op.EQUAL, value) for name, value in table.pairs(f"{prefix}match").items()]
    patterns = [carried(name, Op.MATCH, value) for name, value in table.pairs(f"{prefix}match_re").items()]
    return plain + patterns + [one for text in table.texts(f"{prefix}matchers") for one in parse_matchers(text)]


def _split(text: str) -> Iterator[str]:
    start = 0
    for found in _PIECES.finditer(text):
        if found[1]:
            yield text[start : found.start()]
            start = found.end()
    yield text[start:]


def _one(text: str) -> Matcher:
    found = _CLASSIC.fullmatch(text)
    if found is not None:
        name, op, raw = found.groups()
        return carried(name, Op(op), _value(raw, text))
    found = _UTF8.fullmatch(text)
    if found is None:
        raise BadMatcher(f"{text.strip()!r} is no matcher")
    quoted, bare, op, raw = found.groups()
    return carried(bare if quoted is None else _unescaped(quoted), Op(op), _value(raw, text))


def _value(raw: str, text: str) -> str:
    quoted = _QUOTED.fullmatch(raw)
    plain = raw if quoted is None else quoted[1]
    if quoted is None and '"' in _ESCAPE.sub("", raw):
        raise BadMatcher(f"{text.strip()!r} holds a quotation mark without a backslash")
    return _unescaped(plain)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text)
