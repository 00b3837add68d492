"""A TOML file with the line of every key, which tomllib does not tell."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from incidentd.configuration.faults import ConfigurationError, Fault

_HEADER = re.compile(r"^\s*\[(\[)?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_AT = re.compile(r"line (\d+)")
_MAX_BYTES = 4 * 1024 * 1024


class TomlFile(msgspec.Struct, frozen=True):
    """A parsed file; `lines` maps dotted keys ("notifiers.phone.type", "route.routes.0") to 1-based lines."""

    path: Path
    data: dict[str, Any]
    lines: dict[str, int]


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def key_lines(text: str) -> dict[str, int]:
    """The line of every table header and key; keys inside inline tables and strings count as their table's."""
    lines: dict[str, int] = {}
    table: list[str] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _header_path(_parts(header[2]), bool(header[1]), counts)
            lines.setdefault(".".join(table), number)
        elif key := _KEY.match(line):
            path = [*table, *_parts(key[1])]
            lines.setdefault(".".join(path), number)
    return lines


def _header_path(parts: list[str], is_array: bool, counts: dict[str, int]) -> list[str]:
    """`[[a.b]]` twice is a.b.0 and a.b.1; a later `[a.b.c]` belongs to the newest of them."""
    path: list[str] = []
    for index, part in enumerate(parts):
        path.append(part)
        name = ".".join(path)
        if is_array and index == len(parts) - 1:
            counts[name] = counts.get(name, -1) + 1
        if name in counts:
            path.append(str(counts[name]))
    return path


def read(path: Path) -> TomlFile:
    """Read and parse. Raises `ConfigurationError`; a file that is absent is empty."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            raise ConfigurationError([Fault(file=str(path), line=0, key="", message="is larger than 4 MiB")])
        text = raw.decode()
        return TomlFile(path, tomllib.loads(text), key_lines(text))
    except FileNotFoundError:
        return TomlFile(path, {}, {})
    except OSError as error:
        remedy = "make it readable for the daemon's user"
        message = f"cannot be read: {error.strerror}"
        raise ConfigurationError([Fault(file=str(path), line=0, key="", message=message, remedy=remedy)]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        at = _AT.search(str(error))
        line = int(at[1]) if at else 0
        raise ConfigurationError([Fault(file=str(path), line=line, key="", message=f"is no TOML: {error}")]) from error
