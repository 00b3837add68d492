"""When a review may be held: not before people rested, and not so late that it is forgotten."""

from __future__ import annotations

import enum
from collections.abc import Collection
from datetime import date, datetime, timedelta

import msgspec

from incidentd.domain.business_time import BusinessCalendar, is_business_day
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.severity import Severity
from incidentd.domain.sleep_hours import NightWork
from incidentd.domain.wall_clock import instant, wall

ONE_NIGHT = timedelta(days=1)
WATCH = timedelta(minutes=15)
"""How long a resolved incident is watched before it counts as cooling."""
SOON = 2
"""Business days before the ceiling in which a review is due soon."""
_ONE_DAY = timedelta(days=1)


class Standing(enum.StrEnum):
    """How a review stands in its window."""

    WAITING = "waiting"
    OPEN = "open"
    SOON = "soon"
    LATE = "late"


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What a window is reckoned with beside its severity.

    `team` owns the incident ("" for nobody) and has the `calendar` whose public `holidays` are given. `opened_at` is
    since when a second person holds it open.
    """

    nights: tuple[NightWork, ...] = ()
    calendar: BusinessCalendar = BusinessCalendar()
    holidays: Collection[date] = frozenset()
    team: str = ""
    opened_at: datetime | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """From `opens_at` a review may be held; from `soon_at` on it is due soon, after `due_at` it is late."""

    opens_at: datetime
    soon_at: datetime
    due_at: datetime


def business_days_on(at: datetime, days: int, calendar: BusinessCalendar, holidays: Collection[date] = ()) -> datetime:
    """The same time of the day so many business days of the calendar later; with fewer than none, earlier."""
    local, step = wall(at, calendar.zone), _ONE_DAY if days > 0 else -_ONE_DAY
    day, left = local.date(), abs(days)
    while left > 0:
        day += step
        left -= is_business_day(calendar, day, holidays)
    return instant(datetime.combine(day, local.time()), calendar.zone)


def calendar_of(process: Process, roster: Roster, service: str) -> tuple[str, BusinessCalendar]:
    """The team that owns a service ("" for none), and the calendar its business days are counted by."""
    known = roster.services.get(service)
    team = known.team if known is not None else ""
    return team, process.review_calendars.get(team, process.review_calendar)


def window(process: Process, severity: Severity, resolved_at: datetime, basis: Basis) -> Window | None:
    """The review window of an incident; None when its severity needs no review.

    The clock starts at the resolve. Work in somebody's sleep hours moves the floor by one night, whoever else worked
    then. The ceiling is a business day; a floor that reaches it leaves one business day to hold the review.
    """
    rule = process.review_windows.get(severity)
    if rule is None:
        return None
    opens = resolved_at + rule.floor + (ONE_NIGHT if basis.nights else timedelta(0))
    calendar, holidays = basis.calendar, basis.holidays
    due = business_days_on(resolved_at, rule.ceiling_business_days, calendar, holidays)
    if due <= opens:
        due = business_days_on(opens, 1, calendar, holidays)
    opens = min(opens, basis.opened_at or opens)
    return Window(opens_at=opens, soon_at=max(opens, business_days_on(due, -SOON, calendar, holidays)), due_at=due)


def standing(found: Window, now: datetime) -> Standing:
    """How a review that was not held yet stands at `now`."""
    if now > found.due_at:
        return Standing.LATE
    if now < found.opens_at:
        return Standing.WAITING
    return Standing.SOON if now >= found.soon_at else Standing.OPEN
