"""The clocks of a report: when a first answer of a person is owed, and when the next word after one.

An automatic answer stops no clock. The promises of the practice: end users an hour (P1 15 minutes), open-source
developers two business days (security one), internal teams two hours.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta

import msgspec

from incidentd.domain.business_time import BusinessCalendar, add_business_days, add_open_time
from incidentd.domain.customers import CustomerKind

USUAL = "usual"
SECURITY = "security"
"""The clock of what concerns security: it counts beside that of the priority."""


class Counts(enum.StrEnum):
    """What a promise counts."""

    TIME = "time"
    BUSINESS_HOURS = "business_hours"
    BUSINESS_DAYS = "business_days"


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """So much of time, of open hours, or of business days; `days` is used by the last only."""

    counts: Counts = Counts.TIME
    length: timedelta = timedelta(0)
    days: int = 0

    def __str__(self) -> str:
        if self.counts is Counts.BUSINESS_DAYS:
            return f"{self.days} business day{'' if self.days == 1 else 's'}"
        hours, minutes = divmod(self.length // timedelta(minutes=1), 60)
        if self.counts is Counts.BUSINESS_HOURS:
            return f"{hours} business hour{'' if hours == 1 else 's'}"
        return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)


Promises = Mapping[str, Promise]
"""By "usual", a priority or "security". Nothing is owed where none of them applies."""


class Clocks(msgspec.Struct, frozen=True, kw_only=True):
    """What customers of one kind are promised; `calendar` names the one whose hours and days count."""

    respond: Promises = {}
    follow_up: Promises = {}
    calendar: str = "business"


def _hours(number: float) -> Promise:
    return Promise(length=timedelta(hours=number))


def _days(number: int) -> Promise:
    return Promise(counts=Counts.BUSINESS_DAYS, days=number)


DEFAULT_CLOCKS: Mapping[str, Clocks] = {
    CustomerKind.END_USER: Clocks(
        respond={USUAL: _hours(1), "P1": _hours(0.25)},
        follow_up={USUAL: _days(1), "P1": _hours(1), "P2": _hours(4)},
    ),
    CustomerKind.OSS_DEVELOPER: Clocks(
        respond={USUAL: _days(2), SECURITY: _days(1)},
        follow_up={USUAL: _days(5), SECURITY: _days(2)},
    ),
    CustomerKind.INTERNAL_TEAM: Clocks(
        respond={USUAL: _hours(2)},
        follow_up={USUAL: _days(1), "P1": _hours(1), "P2": _hours(4)},
    ),
}


class Due(msgspec.Struct, frozen=True):
    """When something is owed, and the promise that says so: `because` is "usual", a priority or "security"."""

    at: datetime
    promise: Promise
    because: str


def due(
    promises: Promises,
    calendar: BusinessCalendar,
    since: datetime,
    *,
    priority: str = "",
    security: bool = False,
    holidays: Collection[date] = (),
) -> Due | None:
    """When what is promised from `since` on is owed: the soonest that applies; None when nothing is promised."""
    found = [
        Due(_end(promises[name], calendar, since, holidays), promises[name], name)
        for name in _applying(promises, priority, security)
    ]
    return min(found, key=lambda one: one.at, default=None)


def _applying(promises: Promises, priority: str, security: bool) -> Iterator[str]:
    """The usual one is for what has no priority of its own: it may be later or sooner than the others."""
    if security and SECURITY in promises:
        yield SECURITY
    if priority in promises:
        yield priority
    elif USUAL in promises:
        yield USUAL


def _end(promise: Promise, calendar: BusinessCalendar, since: datetime, holidays: Collection[date]) -> datetime:
    if promise.counts is Counts.BUSINESS_DAYS:
        return add_business_days(calendar, since, promise.days, holidays)
    if promise.counts is Counts.BUSINESS_HOURS:
        return add_open_time(calendar, since, promise.length, holidays)
    return since + promise.length
