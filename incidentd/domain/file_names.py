"""Names of files that strangers chose, made safe to write under."""

from __future__ import annotations

import re

_LONGEST = 100
_OTHER = re.compile(r"[^\w.+ ()-]+")
"""Separators of every system, what shells and terminals act on, and characters that are not seen."""


def safe_file_name(name: str, otherwise: str) -> str:
    """The last part of `name` in letters, digits and a few signs, never hidden, at most 100 characters.

    `otherwise` stands for a name of which nothing is left.
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = _trimmed(_OTHER.sub("_", last))
    if len(kept) > _LONGEST:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: _LONGEST - 1 - len(ending)]}{dot}{ending}" if dot and len(ending) <= 10 else kept[:_LONGEST]
    return _trimmed(kept) or otherwise


def _trimmed(name: str) -> str:
    """Without what hides a file, looks like an option or cannot be seen at either end."""
    return name.lstrip("_ .-").rstrip("_ .")
