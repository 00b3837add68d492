"""Value types of the configuration files: durations, zones, listen addresses."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pydantic

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PART = re.compile(r"(\d{1,9})(ms|s|m|h|d|w)")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")
_MAX = timedelta(days=3660)


def parse_duration(value: Any) -> timedelta:
    """`30s`, `5m`, `1h30m`, `2d` or a number of seconds, as Prometheus writes them. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _MAX.total_seconds():
        return timedelta(seconds=value)
    if isinstance(value, str) and _DURATION.fullmatch(value):
        found = timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(value)))
        if found <= _MAX:
            return found
    raise ValueError('is no duration: write "30s", "5m", "1h30m" or "2d", at most ten years')


def parse_zone(value: Any) -> str:
    """A name of the time zone database. Raises ValueError."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise ValueError(f'{value!r} is no time zone: write a name like "Europe/Berlin" or "UTC"') from error
    return str(value)


def parse_time(value: Any) -> time:
    """A time of day, as TOML's local time or as text `09:00`. Raises ValueError."""
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f'{value!r} is no time of day: write "09:00"') from error


def parse_listen(value: Any) -> str:
    """`host:port`, an IPv6 host in brackets. Raises ValueError."""
    host, _, port = str(value).rpartition(":")
    if isinstance(value, str) and host and port.isascii() and port.isdigit() and int(port) < 65536:
        return value
    raise ValueError(f'{value!r} is no address: write "127.0.0.1:9095" or "[::1]:9095"')


Duration = Annotated[timedelta, pydantic.BeforeValidator(parse_duration)]
Zone = Annotated[str, pydantic.BeforeValidator(parse_zone)]
TimeOfDay = Annotated[time, pydantic.BeforeValidator(parse_time)]
Listen = Annotated[str, pydantic.BeforeValidator(parse_listen)]


class Table(pydantic.BaseModel):
    """A table of a configuration file: an unknown key is an error."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, populate_by_name=False)
