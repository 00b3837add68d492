"""Faults in configuration files, each with its place and a remedy, and how pydantic's errors become such faults."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pydantic

from incidentd.domain.file_faults import Fault
from incidentd.domain.toml_lines import Path

_SHOWN = 12  # names listed in a remedy


class ConfigurationError(Exception):
    """The configuration cannot be used; `faults` holds every fault that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def suggestion(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """'did you mean "x"?' for the nearest of `known`, else `otherwise`, else the known ones."""
    names = sorted(known)
    folded = {name.lower(): name for name in names}
    near = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{folded[near[0]]}"?'
    if otherwise:
        return otherwise
    if not names:
        return "there are none yet"
    more = ", ..." if len(names) > _SHOWN else ""
    return f"there is {', '.join(names[:_SHOWN])}{more}"


def dotted(path: Path) -> str:
    """`path` as a person writes it: `route.routes[1].match`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


class Explained(msgspec.Struct, frozen=True):
    """One pydantic error in our words: where, what and the remedy."""

    path: Path
    what: str
    remedy: str


def explain(error: pydantic.ValidationError, model: type[pydantic.BaseModel], data: object) -> list[Explained]:
    """Every fault of `error`, which validating `data` by `model` raised. Never shows a value: it may be a secret."""
    found: dict[tuple[Path, str], Explained] = {}
    items = error.errors(include_url=False, include_input=False)
    places = [item["loc"] for item in items]
    for item in items:
        if item["type"] == "too_short" and any(place[:-1] == item["loc"] for place in places):
            continue  # it is short of the members that are wrong themselves
        path = _in_file(item["loc"], data)
        explained = _one(item, path, model)
        found.setdefault((path, explained.what), explained)
    return list(found.values())


def _one(item: Any, path: Path, model: type[pydantic.BaseModel]) -> Explained:
    kind, message = item["type"], str(item["msg"])
    if kind == "extra_forbidden":
        return Explained(path, "unknown key", suggestion(str(path[-1]), _known_keys(model, path[:-1])))
    if kind == "missing":
        return Explained(path, "is missing", f"add `{path[-1] if path else ''} = ...`")
    if kind in ("value_error", "assertion_error"):
        what, _, remedy = message.partition(", ")[2].partition(" — ")
        return Explained(path, what, remedy or "correct the value")
    if kind in ("tuple_type", "list_type", "set_type", "frozen_set_type"):
        return Explained(path, "is no list", "write it in brackets: [...]")
    what = message[0].lower() + message[1:] if message else kind
    return Explained(path, what.replace("input should", "should"), "correct the value")


def _in_file(loc: Sequence[str | int], data: object) -> Path:
    """The part of pydantic's place that stands in the file: it also names union members and validators."""
    path: list[str | int] = []
    loc = [part for part in loc if part != "[key]"]  # a wrong key has no place below itself
    for index, part in enumerate(loc):
        if isinstance(data, Mapping):
            last = index == len(loc) - 1
            if part in data or last:
                path.append(part)
                data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            path.append(part)
            data = data[part] if part < len(data) else None
    return tuple(path)


def _known_keys(model: type[pydantic.BaseModel], path: Path) -> list[str]:
    """The keys that may stand in the table at `path`."""
    here: Any = model
    for part in path:
        here = _step(here, part)
    lists = [typing.get_args(one)[0] for one in members_of(here) if typing.get_origin(one) in (list, tuple, Sequence)]
    # one table may stand for a list of one
    found = [one for annotation in (here, *lists) for one in members_of(annotation)]
    models = [one for one in found if isinstance(one, type) and issubclass(one, pydantic.BaseModel)]
    return [field.alias or name for one in models for name, field in one.model_fields.items()]


def _step(annotation: Any, part: str | int) -> Any:
    for one in members_of(annotation):
        if isinstance(one, type) and issubclass(one, pydantic.BaseModel):
            for name, field in one.model_fields.items():
                if part in (name, field.alias):
                    return field.annotation
        elif isinstance(part, int) and typing.get_origin(one) in (list, tuple, Sequence):
            return typing.get_args(one)[0]
        elif typing.get_origin(one) in (dict, Mapping):
            return typing.get_args(one)[1]
    return None


def members_of(annotation: Any) -> list[Any]:
    """`annotation` without Annotated, and a union's members one by one."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return members_of(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return [inner for one in typing.get_args(annotation) for inner in members_of(one)]
    return [annotation]
