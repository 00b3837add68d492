"""What stands at the head of a Markdown file: TOML between lines of +++ or YAML between lines of ---."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from incidentd.domain.toml_lines import key_lines
from incidentd.domain.yaml_tree import BadYaml, Node, parse_yaml

_FENCES = {"+++": "TOML", "---": "YAML"}
_HEAD = re.compile(r"\ufeff?(\+\+\+|---)[ \t]*\r?\n.*?\r?\n\1[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_TOML_PLACE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_YAML_PLACE = re.compile(r"^line (\d+): ")


class BadDocument(ValueError):
    """The file cannot be taken over as it is; `line` is 1-based, 0 for the whole, and `remedy` says what to do."""

    def __init__(self, text: str, line: int = 0, remedy: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.line = line
        self.remedy = remedy


class Value(msgspec.Struct, frozen=True):
    """What a key says: one text or several, and the line where it stands."""

    line: int
    texts: tuple[str, ...]


class FrontMatter(msgspec.Struct, frozen=True, kw_only=True):
    """The values by key in lower case, and what follows them; `body_line` is the number of its first line."""

    values: Mapping[str, Value]
    body: str
    body_line: int


def front_matter(text: str) -> FrontMatter:
    """Split a file. One without a head has no values. Raises `BadDocument`.

    A table or mapping below, such as [extra], counts as if its keys stood above; what stands above counts first.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    fence = lines[0].rstrip() if lines else ""
    if fence not in _FENCES:
        return FrontMatter(values={}, body="\n".join(lines), body_line=1)
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == fence), None)
    if end is None:
        raise BadDocument(f"the {_FENCES[fence]} begun by {fence} has no end", 1, f"end it with a line {fence}")
    head = "\n".join([*lines[1:end], ""])
    values = _toml(head) if fence == "+++" else _yaml(head)
    return FrontMatter(values=values, body="\n".join(lines[end + 1 :]), body_line=end + 2)


def without_head(text: str) -> str:
    """What follows the head of a file, for reading; all of it where there is none."""
    found = _HEAD.match(text)
    return text[found.end() :] if found else text


def _toml(head: str) -> dict[str, Value]:
    try:
        table = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place[1]) + 1 if place else 1
        text = _TOML_PLACE.sub("", str(error))
        raise BadDocument(f"is no TOML: {text}", line, "correct the line, or leave it out") from None
    lines = {str(path[-1]).lower(): line + 1 for path, line in reversed(key_lines(head).items())}
    found: dict[str, Value] = {}
    for name, value in _flat(table):
        texts = tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)
        if texts:
            found.setdefault(name.lower(), Value(lines.get(name.lower(), 1), texts))
    return found


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(key, value), those of the table itself before those of the tables in it."""
    inner = [value for value in table.values() if isinstance(value, dict)]
    yield from ((key, value) for key, value in table.items() if not isinstance(value, dict))
    for one in inner:
        yield from _flat(one)


def _text(value: object) -> str:
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return str(value)


def _yaml(head: str) -> dict[str, Value]:
    if not head.strip():
        return {}
    try:
        root = parse_yaml(head)
    except BadYaml as error:
        place = _YAML_PLACE.match(str(error))
        line = int(place[1]) + 1 if place else 1
        text = _YAML_PLACE.sub("", str(error))
        raise BadDocument(text, line, "correct the line, or leave it out") from None
    if not isinstance(root.value, dict):
        raise BadDocument("is no mapping of keys to values", 2, "write `title: ...` and so on")
    found: dict[str, Value] = {}
    for key, node in _pairs(root.value):
        texts = tuple(one.value for one in _several(node) if isinstance(one.value, str))
        if texts:
            found.setdefault(key.lower(), Value(node.line + 1, texts))
    return found


def _pairs(mapping: Mapping[str, Node]) -> Iterator[tuple[str, Node]]:
    yield from ((key, node) for key, node in mapping.items() if not isinstance(node.value, dict))
    for node in mapping.values():
        if isinstance(node.value, dict):
            yield from _pairs(node.value)


def _several(node: Node) -> tuple[Node, ...]:
    return node.value if isinstance(node.value, tuple) else (node,)
