"""JSON documents as a tree of texts, bounded in size and depth: what `Table` reads, be it YAML or JSON.

A file may hold several documents one after another, as when the pages of a list were appended to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from incidentd.domain.yaml_tree import Node

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 60
_SPACE = re.compile(r"[ \t\r\n]*")
_LONE = re.compile("[\ud800-\udfff]")


class BadJson(ValueError):
    """The text is no JSON that can be read; the message says where and why."""


def parse_json(text: str) -> list[Node]:
    """Every document in `text`, in order; numbers and booleans are texts. Raises `BadJson`."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=_no_number, strict=False
    )
    found: list[Node] = []
    at = _skip(text, 0)
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise BadJson(f"line {error.lineno}, column {error.colno}: is no JSON: {error.msg}") from None
        except RecursionError:
            raise BadJson(f"is nested deeper than {MAX_DEPTH}") from None
        found.append(_node(value, 0))
        at = _skip(text, end)
    return found


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadJson(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise BadJson(f"is no JSON: {name} is no number there")


def _node(value: Any, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise BadJson(f"is nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        return Node(line=0, value={_whole(key): _node(one, depth + 1) for key, one in value.items()})
    if isinstance(value, list):
        return Node(line=0, value=tuple(_node(one, depth + 1) for one in value))
    if isinstance(value, bool):
        return Node(line=0, value="true" if value else "false")
    return Node(line=0, value=None if value is None else _whole(value))


def _whole(text: str) -> str:
    """Half a character (a lone surrogate) cannot be written to any file."""
    return _LONE.sub("\ufffd", text)
