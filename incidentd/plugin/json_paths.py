"""Paths into a JSON document, as the configuration writes them.

`a.b.0.c` or, for names with dots in them, a JSON pointer `/a/b/0/c` (RFC 6901). `$.a.b` starts at the whole body also
where paths are relative to an item. A `?` at the end says that the value may be missing.
"""

from __future__ import annotations

from typing import Any

import msgspec

MAX_PARTS = 32
_REMEDY = 'write for example "alert.title" or "/alert/title"'


class Missing:
    """The type of `MISSING`."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()
"""What `find` gives where a path leads nowhere, or to null."""


class Path(msgspec.Struct, frozen=True):
    """Where a value stands. `text` is the path as it was configured, without the marks."""

    text: str
    parts: tuple[str, ...]
    optional: bool = False
    from_root: bool = False

    def find(self, item: Any, root: Any) -> Any:
        """The value in `item` (or in `root`, for a path from there), or `MISSING`."""
        value = root if self.from_root else item
        for part in self.parts:
            if isinstance(value, dict):
                value = value.get(part, MISSING)
            elif isinstance(value, list) and part.isascii() and part.isdigit() and int(part) < len(value):
                value = value[int(part)]
            else:
                return MISSING
        return MISSING if value is None else value


def parse_path(text: str) -> Path:
    """The path that `text` writes. Raises `ValueError` with what is wrong and, after a dash, the remedy."""
    bare = text.strip()
    optional = bare.endswith("?")
    bare = bare.removesuffix("?")
    from_root = bare == "$" or bare.startswith(("$.", "$/"))
    if from_root:
        bare = bare[1:].removeprefix(".")
    if bare.startswith("/"):
        parts = [part.replace("~1", "/").replace("~0", "~") for part in bare[1:].split("/")]
    else:
        parts = bare.split(".") if bare else []
    if not parts and not from_root:
        raise ValueError(f"is an empty path — {_REMEDY}")
    if "" in parts and not bare.startswith("/"):
        raise ValueError(f"is a path with an empty part — {_REMEDY}")
    if len(parts) > MAX_PARTS or any(part.isdigit() and len(part) > 9 for part in parts):
        raise ValueError(f"is too long a path — use at most {MAX_PARTS} parts, and indexes of at most 9 digits")
    return Path(text=bare, parts=tuple(parts), optional=optional, from_root=from_root)
