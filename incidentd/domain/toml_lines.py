"""The line on which each key of a TOML document stands, which `tomllib` does not tell.

The text must have been accepted by `tomllib` before: this reader knows where things end, not whether they are right.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_INLINE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BASIC = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_LITERAL = re.compile(r"'([^'\n]*)'")
_LONG_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"""(?!"(?!""))"{0,2}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''.*?'''(?!'(?!''))'{0,2}", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def key_lines(text: str) -> dict[Path, int]:
    """1-based line of every key, table header and array item; an item's place in the path is its index."""
    reader = _Reader(text)
    reader.document()
    return reader.lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of `path`, else of what is nearest above it; 0 when even the first part does not stand in the text."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 0


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._table: Path = ()
        self._counts: dict[Path, int] = {}  # items of each array of tables so far
        self._line, self._line_at = 1, 0
        self.lines: dict[Path, int] = {}

    def document(self) -> None:
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._peek("["):
                self._header()
            else:
                self._pair(self._table)
            self._skip(_BLANK)

    def _header(self) -> None:
        many = self._peek("[[")
        line = self._here()
        self._at += 2 if many else 1
        parts = self._key()
        self._at += 2 if many else 1
        path: Path = ()
        for part in parts[:-1]:
            path = (*path, part)
            self.lines.setdefault(path, line)
            path = self._last_item(path)
        path = (*path, parts[-1])
        self.lines.setdefault(path, line)
        if many:
            index = self._counts.get(path, 0)
            self._counts[path] = index + 1
            path = (*path, index)
            self.lines[path] = line
        self._table = path

    def _last_item(self, path: Path) -> Path:
        """`path`, or its newest item when it is an array of tables."""
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _pair(self, table: Path) -> None:
        line = self._here()
        path = table
        for part in self._key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._at += 1  # the equals sign
        self._skip(_INLINE)
        self._value(path)

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._skip(_INLINE)
            attempts = (pattern.match(self._text, self._at) for pattern in (_BARE, _BASIC, _LITERAL))
            found = next((match for match in attempts if match), None)
            assert found is not None  # tomllib accepted the text
            parts.append(found[1] if found.re.groups else found[0])
            self._at = found.end()
            self._skip(_INLINE)
            if not self._peek("."):
                return parts
            self._at += 1

    def _value(self, path: Path) -> None:
        if self._peek("["):
            self._items(path)
        elif self._peek("{"):
            self._members(path)
        else:
            self._scalar()

    def _scalar(self) -> None:
        for pattern in (_LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL, _SCALAR):
            found = pattern.match(self._text, self._at)
            if found:
                self._at = found.end()
                return

    def _items(self, path: Path) -> None:
        self._at += 1
        index = 0
        self._skip(_BLANK)
        while not self._peek("]"):
            item = (*path, index)
            self.lines[item] = self._here()
            self._value(item)
            index += 1
            self._skip_comma()
        self._at += 1

    def _members(self, path: Path) -> None:
        self._at += 1
        self._skip(_BLANK)
        while not self._peek("}"):
            self._pair(path)
            self._skip_comma()
        self._at += 1

    def _skip_comma(self) -> None:
        self._skip(_BLANK)
        if self._peek(","):
            self._at += 1
            self._skip(_BLANK)

    def _peek(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()

    def _here(self) -> int:
        """The line of the present place; only ever called for places further on."""
        self._line += self._text.count("\n", self._line_at, self._at)
        self._line_at = self._at
        return self._line
