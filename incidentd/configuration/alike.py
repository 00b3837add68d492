"""What all nodes on one database must have in common, as a hash for each part: it tells that files differ, not how.

Hashed is what is written, references to secrets included and never what they refer to. Where a node listens, its
directories, and what its instances are set to besides their type are its own business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

_INSTANCES = ("sources", "notifiers", "channels", "embedders")
_WHOLE = ("retention",)
"""Tables of incidentd.toml that are about what all share: whichever node has the run goes by its own."""
_LENGTH = 16


def alike(
    main: Mapping[str, Any], roster: Mapping[str, Any], process: Mapping[str, Any], files: Mapping[str, str]
) -> dict[str, str]:
    """The parts with their hashes; `files` are those that process.toml names."""
    found: dict[str, object] = {f"[{role}] of incidentd.toml": _types(main.get(role)) for role in _INSTANCES}
    found |= {_named(table, "incidentd.toml"): main.get(table) for table in _WHOLE}
    found |= {_named(table, "roster.toml"): value for table, value in roster.items()}
    found |= {_named(table, "process.toml"): value for table, value in process.items()}
    found |= {f"the file {name} of process.toml": text for name, text in files.items()}
    return {part: _hash(value) for part, value in found.items() if value not in ({}, None)}


def of_process(part: str) -> bool:
    """Whether `part` is of process.toml, which nobody follows while people have adopted a version."""
    return part.endswith("of process.toml")


def _named(table: str, file: str) -> str:
    return f"[{table}] of {file}"


def _types(tables: object) -> dict[str, object]:
    if not isinstance(tables, Mapping):
        return {}
    return {name: table.get("type") for name, table in tables.items() if isinstance(table, Mapping)}


def _hash(value: object) -> str:
    text = msgspec.json.encode(msgspec.to_builtins(value, str_keys=True), order="deterministic")
    return hashlib.sha256(text).hexdigest()[:_LENGTH]
