"""Working and quiet hours as roster.toml writes them: days and two times of the day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import Annotated, Any

import pydantic

from incidentd.configuration.values import Table
from incidentd.domain.hours import EVERY_DAY, Availability, Hours, opens_at

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ANY_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def wall_clock(value: Any) -> time:
    """A TOML time, or "09:00"."""
    if isinstance(value, time):
        return value
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('is no time of day — write for example "09:00"')
    return time(int(found[1]), int(found[2]))


WallClock = Annotated[time, pydantic.BeforeValidator(wall_clock)]


def days_of_week(value: Any) -> frozenset[int]:
    """["mon-fri", "sun"] as ISO numbers."""
    found: set[int] = set()
    for item in value if isinstance(value, list) else [value]:
        first, dash, last = item.lower().partition("-") if isinstance(item, str) else ("", "", "")
        if first not in _DAYS or (dash and last not in _DAYS):
            raise ValueError('names no days — write for example ["mon-fri"] or ["sat", "sun"]')
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        found |= {(start + step) % 7 + 1 for step in range((end - start) % 7 + 1)}
    return frozenset(found)


class HoursTable(Table):
    """`to` not after `from` is on the next day."""

    days: Annotated[frozenset[int], pydantic.PlainValidator(days_of_week)] = EVERY_DAY
    from_: WallClock = pydantic.Field(alias="from")
    to: WallClock


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


HoursList = Annotated[list[HoursTable], pydantic.BeforeValidator(_listed)]
"""One table, or a list of them."""


def availability(zone: str, working: list[HoursTable], quiet: list[HoursTable]) -> Availability:
    """What the tables of one person say together."""
    return Availability(zone=zone, working=hours_of(working), quiet=hours_of(quiet))


def hours_of(tables: list[HoursTable]) -> tuple[Hours, ...]:
    """The hours that tables state; those on no day are left out."""
    return tuple(
        Hours(start=one.from_.replace(tzinfo=None), end=one.to.replace(tzinfo=None), days=one.days)
        for one in tables
        if one.days
    )


def ever_open(hours: Availability) -> bool:
    """Whether there is any time of the week at which what can wait goes out."""
    return opens_at(hours, _ANY_MONDAY) is not None
