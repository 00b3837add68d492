"""JSON for programs that may end up on a terminal: ASCII only, and no control character in it."""

from __future__ import annotations

import json

from incidentd.cli.refusal import garbled


def document(body: bytes | str) -> object:
    """The value in `body`, None when it is empty. Raises `Failure` (6) when it is no JSON."""
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError) as error:
        raise garbled(f"it is no JSON ({error})") from error


def indented(value: object) -> str:
    """For reading."""
    return _inert(json.dumps(value, indent=2))


def compact(value: object) -> str:
    """On one line."""
    return _inert(json.dumps(value, separators=(",", ":")))


def _inert(text: str) -> str:
    """DEL is the one control character that JSON leaves as it is."""
    return text.replace("\x7f", "\\u007f")
