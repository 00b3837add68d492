"""Lenient reading of JSON objects: what is absent or of an unexpected kind reads as empty.

For senders whose payloads differ between versions and kinds. An alert must not be lost because a member beside the
point looks different, so only identities are insisted on, by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from incidentd.plugin.decoding import MAX_TEXT, decode_json, storable
from incidentd.plugin.values import BadRequest

T = TypeVar("T")
_OBJECT = dict[str, msgspec.Raw]


class Members:
    """The members of one JSON object."""

    def __init__(self, members: Mapping[str, msgspec.Raw] | None) -> None:
        self._members = members or {}

    def object(self, name: str) -> Members:
        """The object called `name`."""
        return Members(self._read(name, _OBJECT))

    def text(self, name: str) -> str:
        """A text, or a whole number as text; cut to `MAX_TEXT` characters, NUL made visible."""
        value = self._read(name, str)
        if value is None:
            number = self._read(name, int)
            value = "" if number is None else str(number)
        return storable(value[:MAX_TEXT])

    def texts(self, name: str) -> list[str]:
        """The texts of an array; other items are left out."""
        items = self._read(name, list[msgspec.Raw]) or []
        return [text for item in items if (text := Members({"item": item}).text("item"))]

    def objects(self, name: str) -> list[Members]:
        """The objects of an array; other items are left out."""
        items = self._read(name, list[msgspec.Raw]) or []
        return [Members(found) for item in items if (found := Members({"item": item})._read("item", _OBJECT))]

    def json(self, name: str) -> str:
        """A value as its JSON text, cut to `MAX_TEXT` characters; "" where there is none, or nothing in it."""
        text = bytes(self._members.get(name, b"")).decode(errors="replace").strip()
        return "" if text in ("null", "{}", "[]", '""') else storable(text[:MAX_TEXT])

    def pairs(self, name: str) -> dict[str, str]:
        """The pairs of an array like `[["environment", "prod"], ...]`."""
        items = self._read(name, list[msgspec.Raw]) or []
        pairs = [Members({"pair": item}).texts("pair") for item in items]
        return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}

    def _read(self, name: str, type_: type[T]) -> T | None:
        if name not in self._members:
            return None
        try:
            return decode_json(self._members[name], type_)
        except BadRequest:
            return None
