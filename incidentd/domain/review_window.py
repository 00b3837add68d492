"""When a review may be held: not before people rested, and not so late that it is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from incidentd.domain.process import Process
from incidentd.domain.severity import Severity

SLEEP_FROM = time(23)
SLEEP_UNTIL = time(7)
ONE_NIGHT = timedelta(days=1)
WATCH = timedelta(minutes=15)
"""How long a resolved incident is watched before it counts as cooling."""
_SATURDAY = 5


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """From `opens_at` a review may be held; after `due_at` it is late."""

    opens_at: datetime
    due_at: datetime


def add_business_days(at: datetime, days: int) -> datetime:
    """The same hour `days` business days (Monday to Friday, UTC) later; from a weekend, counted from its Monday on."""
    while days > 0:
        at += timedelta(days=1)
        if at.weekday() < _SATURDAY:
            days -= 1
    return at


def window(process: Process, severity: Severity, resolved_at: datetime, *, worked_at_night: bool) -> Window | None:
    """The review window of an incident; None when its severity needs no review.

    The clock starts at the resolve. Work in somebody's sleep hours moves the floor by one night.
    """
    rule = process.review_windows.get(severity)
    if rule is None:
        return None
    opens = resolved_at + rule.floor + (ONE_NIGHT if worked_at_night else timedelta(0))
    return Window(opens_at=opens, due_at=max(opens, add_business_days(resolved_at, rule.ceiling_business_days)))


def in_sleep_hours(at: datetime, zone: str) -> bool:
    """Whether `at` falls between 23:00 and 07:00 in `zone`."""
    local = at.astimezone(ZoneInfo(zone)).time()
    return local >= SLEEP_FROM or local < SLEEP_UNTIL


def anyone_worked_at_night(acts: Iterable[tuple[str, datetime]], zones: Mapping[str, str]) -> bool:
    """Whether any act (handle, instant) was in its person's sleep hours; people without a known zone do not count."""
    return any(in_sleep_hours(at, zones[person]) for person, at in acts if person in zones)
