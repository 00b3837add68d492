"""Values that several configuration files use: durations, names, time zones; and the base of their models."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Annotated, Any

import pydantic

from incidentd.configuration.problems import suggestion

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$"
"""Handles, services, policies and instances: they stand in URLs, keys and logs."""

_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?", re.ASCII)
_LONGEST = timedelta(days=3650)
_UNUSABLE = "is no duration — write a number and a unit: 30s, 5m, 4h, 1h30m, 2d"


class Table(pydantic.BaseModel):
    """A table of a configuration file: an unknown key is an error."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def parse_duration(value: Any) -> timedelta:
    """ "30s", "5m", "4h", "1h30m" or "2d". Raises ValueError for anything else, zero excepted ("0s")."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(value.replace(" ", "")) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        raise ValueError(_UNUSABLE)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    duration = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if duration > _LONGEST:
        raise ValueError("is longer than ten years — write a shorter duration")
    return duration


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("must be longer than nothing — write for example 5m")
    return value


Duration = Annotated[timedelta, pydantic.BeforeValidator(parse_duration)]
PositiveDuration = Annotated[Duration, pydantic.AfterValidator(_positive)]


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
