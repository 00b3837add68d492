"""What is wrong with a configuration, as a person can act on it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import pydantic


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault. `line` is 1-based, 0 when the fault has no place."""

    file: str
    line: int
    key: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f"{self.key}: " if self.key else ""
        return f"{place}: {key}{self.message}" + (f" — {self.remedy}" if self.remedy else "")


class ConfigurationError(Exception):
    """The files cannot be used; `faults` has every reason."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy for an unknown name: the nearest known one, else the list of them."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(names)}" if names else ""


def _model_at(model: type[pydantic.BaseModel], loc: Sequence[str | int]) -> type[pydantic.BaseModel] | None:
    """The model that holds the last part of `loc`, as far as annotations tell."""
    here: object = model
    for part in loc[:-1]:
        if isinstance(here, type) and issubclass(here, pydantic.BaseModel):
            fields = {(field.alias or name): field for name, field in here.model_fields.items()}
            found = fields.get(str(part))
            here = _inner(found.annotation) if found else None
    return here if isinstance(here, type) and issubclass(here, pydantic.BaseModel) else None


def _inner(annotation: object) -> object:
    """The model inside `dict[str, Model]`, `list[Model]` or `Model | None`."""
    arguments = getattr(annotation, "__args__", ())
    for argument in reversed(arguments):
        inner = _inner(argument)
        if isinstance(inner, type) and issubclass(inner, pydantic.BaseModel):
            return inner
    return annotation


def from_pydantic(
    error: pydantic.ValidationError,
    model: type[pydantic.BaseModel],
    file: Path | str,
    line_of: dict[str, int],
    prefix: Sequence[str] = (),
) -> list[Fault]:
    """Pydantic's errors as faults; `prefix` is the table that was validated."""
    found: list[Fault] = []
    for one in error.errors(include_url=False):
        loc = [part for part in one["loc"] if not str(part).startswith("function-")]
        key = ".".join(str(part) for part in (*prefix, *loc))
        message, remedy = one["msg"].removeprefix("Value error, "), ""
        if one["type"] == "extra_forbidden":
            owner = _model_at(model, loc)
            known = [field.alias or name for name, field in owner.model_fields.items()] if owner else []
            message, remedy = "there is no such key", did_you_mean(str(loc[-1]), known)
        elif one["type"] == "missing":
            message = "is missing"
        found.append(Fault(file=str(file), line=nearest_line(line_of, key), key=key, message=message, remedy=remedy))
    return found


def nearest_line(line_of: dict[str, int], key: str) -> int:
    """The line of `key`, else of the closest table around it, else 0."""
    parts = key.split(".")
    for end in range(len(parts), 0, -1):
        line = line_of.get(".".join(parts[:end]))
        if line:
            return line
    return 0
