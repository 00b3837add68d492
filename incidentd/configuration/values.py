"""Values that several configuration files use: durations, names, time zones; and the base of their models."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable
from functools import cache
from typing import Annotated

import pydantic

from incidentd.configuration.problems import suggestion
from incidentd.plugin.config import Duration, PositiveDuration, parse_duration

__all__ = [
    "NAME_PATTERN",
    "Duration",
    "Name",
    "PositiveDuration",
    "Table",
    "Zone",
    "check_zone",
    "parse_duration",
    "unknown",
]

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$"
"""Handles, services, policies and instances: they stand in URLs, keys and logs."""


class Table(pydantic.BaseModel):
    """A table of a configuration file: an unknown key is an error."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _name(value: str) -> str:
    if not re.fullmatch(NAME_PATTERN[1:-1], value):
        raise ValueError("is no usable name — use letters, digits and . _ @ -, at most 64, a letter or digit first")
    return value


Name = Annotated[str, pydantic.AfterValidator(_name)]


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def check_zone(value: str) -> str:
    """`value` itself when it is the name of a time zone. Raises ValueError with the nearest name."""
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        remedy = suggestion(value, _zones(), otherwise='write a name like "Europe/Berlin" or "UTC"')
        raise ValueError(f"is no time zone — {remedy}") from error
    return value


Zone = Annotated[str, pydantic.AfterValidator(check_zone)]


def unknown(kind: str, name: str, known: Iterable[str], *, otherwise: str = "") -> tuple[str, str]:
    """(what, remedy) for a name that refers to nothing."""
    return f'"{name}" is no {kind}', suggestion(name, known, otherwise=otherwise)
