"""A YAML document as a tree of texts with line numbers, bounded in size, depth and aliases.

Only PyYAML's parser is used: it makes events and no objects. Every scalar stays the text that the file holds, so that
an unquoted `12:30` or `yes` is what its author wrote; what it means is for the reader of the key to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 60
MAX_NODES = 200_000  # after aliases are resolved: "billion laughs" ends here
_NULLS = ("", "~", "null", "Null", "NULL")
_MERGE = "<<"


class BadYaml(ValueError):
    """The text is no YAML document that can be read; the message says where and why."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A scalar (text, or None for null), a list or a mapping. `line` is 1-based, that of the key in a mapping.

    `size` counts the nodes in it.
    """

    line: int
    value: str | tuple[Node, ...] | dict[str, Node] | None
    size: int = 1


class _Open(msgspec.Struct):
    """A list or a mapping that has not ended; `key` waits for its value."""

    line: int
    anchor: str | None
    mapping: bool
    items: list[Node] = []
    pairs: dict[str, Node] = {}
    merged: list[Node] = []
    key: tuple[str, int] | None = None
    size: int = 1


def parse_yaml(text: str) -> Node:
    """The one document in `text`. Raises `BadYaml`."""
    import yaml  # type: ignore[import-untyped]  # loaded only by an import: 25 ms

    try:
        return _Builder().build(_events(yaml, text))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadYaml(f"line {line}: is no YAML: {error.problem or error.context or 'it cannot be read'}") from None
    except yaml.YAMLError as error:
        raise BadYaml(f"is no YAML: {getattr(error, 'reason', 'it cannot be read')}") from None
    except (ValueError, OverflowError) as error:  # an escape such as "\Uffffffff"
        if isinstance(error, BadYaml):
            raise
        raise BadYaml(f"is no YAML: {error}") from None


def _events(yaml: Any, text: str) -> Iterator[Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from yaml.parse(text, Loader=loader)


class _Builder:
    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None
        self._count = 0

    def build(self, events: Iterator[Any]) -> Node:
        for event in events:
            self._take(event, event.start_mark.line + 1)
        if self._root is None:
            raise BadYaml("is empty")
        return self._root

    def _take(self, event: Any, line: int) -> None:
        kind = type(event).__name__
        if kind == "DocumentStartEvent" and self._root is not None:
            raise BadYaml(f"line {line}: a second document begins: write one")
        if kind == "ScalarEvent":
            self._add(self._scalar(event, line), event.anchor)
        elif kind == "AliasEvent":
            self._alias(event, line)
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            if len(self._open) >= MAX_DEPTH:
                raise BadYaml(f"line {line}: is nested deeper than {MAX_DEPTH}")
            self._open.append(_Open(line, event.anchor, kind == "MappingStartEvent"))
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            self._close()

    def _scalar(self, event: Any, line: int) -> Node:
        text = event.value
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise BadYaml(f"line {line}: a text holds half a character (a lone surrogate)")
        null = event.implicit[0] and text in _NULLS  # implicit[0]: plain and without a tag
        return Node(line=line, value=None if null else text)

    def _alias(self, event: Any, line: int) -> None:
        node = self._anchors.get(event.anchor)
        if node is None:  # also an alias to what is still open: a tree has no circles
            raise BadYaml(f"line {line}: the alias *{event.anchor} refers to nothing before it")
        self._add(node, None)

    def _close(self) -> None:
        ended = self._open.pop()
        value: tuple[Node, ...] | dict[str, Node] = tuple(ended.items)
        if ended.mapping:
            value = {}
            for merged in reversed(ended.merged):  # what comes first counts, and the mapping's own keys most
                value |= _mapping(merged)
            value |= ended.pairs
        self._add(Node(line=ended.line, value=value, size=ended.size), ended.anchor)

    def _add(self, node: Node, anchor: str | None) -> None:
        self._count += node.size
        if self._count > MAX_NODES * 2:  # each node is counted once when it ends and once in what holds it
            raise BadYaml(f"holds more than {MAX_NODES} values, aliases resolved")
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
            return
        above = self._open[-1]
        above.size += node.size
        if above.size > MAX_NODES:
            raise BadYaml(f"holds more than {MAX_NODES} values, aliases resolved")
        if not above.mapping:
            above.items.append(node)
        elif above.key is None:
            above.key = (_key(node), node.line)
        else:
            _put(above, node)


def _key(node: Node) -> str:
    if not isinstance(node.value, str):
        raise BadYaml(f"line {node.line}: a key is no text")
    return node.value


def _put(above: _Open, node: Node) -> None:
    assert above.key is not None
    (key, line), above.key = above.key, None
    if key == _MERGE:
        above.merged += node.value if isinstance(node.value, tuple) else [node]
        return
    if key in above.pairs:
        raise BadYaml(f"line {line}: the key {key!r} stands twice in one mapping")
    above.pairs[key] = Node(line=line, value=node.value, size=node.size)


def _mapping(node: Node) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise BadYaml(f"line {node.line}: << takes a mapping")
    return node.value
