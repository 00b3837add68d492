"""The page about the configuration files and the built-in plugins' keys, from the models that read them."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pydantic

from incidentd.configuration.daemon_settings import MainFile
from incidentd.configuration.process_file import ProcessFile
from incidentd.configuration.roster_file import RosterFile
from incidentd.domain.matchers import Matcher
from incidentd.domain.people import Target
from incidentd.plugin import AdapterType, Secret
from incidentd.pluginhost.discovery import discover

_INTRO = """# Configuration

Three TOML files in one directory: `$INCIDENTD_CONFIG_DIR`, under systemd `/etc/incidentd`, else `~/.config/incidentd`.
None of them has to be there. A key that is not listed here is an error. The commented examples in
[config/](../../config/) say what each key means.

Durations are `"30s"`, `"5m"`, `"1h30m"`, `"2d"`. A secret is a reference: `{ credential = "NAME" }`,
`{ file = "PATH" }` or `{ env = "NAME" }`.
"""
_FILES = (("incidentd.toml", MainFile), ("roster.toml", RosterFile), ("process.toml", ProcessFile))
_WORDS: Mapping[object, str] = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    timedelta: "duration",
    date: "date",
    time: "time of day",
    Path: "path",
    Secret: "secret",
    Matcher: "matcher",
    Target: "target",
    Any: "any",
    types.NoneType: "",
}


def page() -> str:
    """The page as Markdown."""
    parts = [_INTRO]
    for name, model in _FILES:
        parts += [f"## {name}", "", *_tables(model, ())]
    return "\n".join([*parts, "## Built-in plugins", "", *_plugins()])


def _tables(model: type[pydantic.BaseModel], path: tuple[str, ...], seen: tuple[type, ...] = ()) -> Iterator[str]:
    """A section for each table below `model`, those that hold keys of their own."""
    inner = []
    rows = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        table = _table_of(field.annotation)
        if table is None:
            rows.append(_row(key, field))
        elif table[0] not in seen:
            inner.append((table[0], (*path, key) if not table[1] else (*path, key, table[1])))
    if rows:
        yield f"### `{_heading(path)}`"
        yield ""
        yield from _key_table(rows)
    for child, where in inner:
        yield from _tables(child, where, (*seen, model))


def _heading(path: tuple[str, ...]) -> str:
    dotted = ".".join(part for part in path if part != "[]")
    return f"[[{dotted}]]" if path and path[-1] == "[]" else f"[{dotted}]"


def _table_of(annotation: Any) -> tuple[type[pydantic.BaseModel], str] | None:
    """(model, "" or "NAME" or "[]") when `annotation` is a table, named tables or a list of tables."""
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return annotation, ""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _table_of(arguments[0])
    if origin in (dict, list) and (inner := _table_of(arguments[-1])) is not None:
        return inner[0], "NAME" if origin is dict else "[]"
    return None


def _key_table(rows: list[tuple[str, str, str]]) -> Iterator[str]:
    yield "| key | value | default |"
    yield "|---|---|---|"
    for cells in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""


def _row(key: str, field: Any) -> tuple[str, str, str]:
    return f"`{key}`", _words(field.annotation), "required" if field.is_required() else _default(field)


def _words(annotation: Any) -> str:
    """What to write for a value, in words."""
    if annotation in _WORDS:
        return _WORDS[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _words(arguments[0])
    if origin is typing.Literal:
        return ", ".join(f'`"{value}"`' for value in arguments)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(word for one in arguments if (word := _words(one))))
    if origin in (list, tuple, set, frozenset):
        return f"list of {_words(arguments[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"table of {_words(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        return ", ".join(f'`"{one.value}"`' for one in annotation)
    return _WORDS.get(annotation, "text")


def _default(field: Any) -> str:
    value = field.get_default(call_default_factory=True)
    if value is None or value in ("", (), [], {}):
        return ""
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, timedelta):
        return f'"{_duration(value)}"'
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    if isinstance(value, tuple | list | frozenset | set):
        items = sorted(value, key=str) if isinstance(value, frozenset | set) else value
        return f"[{', '.join(_toml(item) for item in items)}]"
    return f'"{getattr(value, "value", value)}"' if not hasattr(value, "parts") else f'"{_path(value)}"'


def _path(value: Any) -> str:
    """A JSON path of the webhook source, as one writes it."""
    if isinstance(value, Path):
        return str(value)
    return f"{'$.' if value.from_root else ''}{value.text}{'?' if value.optional else ''}"


def _duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _plugins() -> Iterator[str]:
    for found in discover():
        if found.name in _built_in():
            for role, kinds in (("sources", found.sources), ("notifiers", found.notifiers)):
                for kind in kinds:
                    yield from _kind(role, kind)


def _built_in() -> set[str]:
    """The plugins of this repository: a third party's, if one is installed, is not this page's."""
    root = Path(__file__).resolve().parents[1]
    return {path.name.removeprefix("incidentd_") for path in (root / "plugins").glob("incidentd_*")}


def _kind(role: str, kind: AdapterType[Any]) -> Iterator[str]:
    yield f"### `[{role}.NAME]` type = `{kind.id}`"
    yield ""
    can = f" Can: {', '.join(sorted(one.value for one in kind.capabilities))}." if kind.capabilities else ""
    there = " There is one without any set-up." if kind.default_instance is not None else ""
    yield f"{kind.summary}.{can}{there}"
    yield ""
    rows = [_row(field.alias or name, field) for name, field in kind.config.model_fields.items()]
    yield from _key_table(rows)
