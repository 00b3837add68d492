"""Spans of time that recur by a calendar rule: "every Sunday 02:00-04:00 in London".

The rule is a part of RFC 5545's RRULE (section 3.3.10): FREQ of DAILY, WEEKLY, MONTHLY or YEARLY with what those need,
evaluated by python-dateutil on the wall clock of a zone. Each occurrence holds from the first time the clock shows its
start until the last time it shows its end, so 02:00 stays 02:00 when the clocks change; what lies wholly in an hour
that a change skips does not occur.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from incidentd.domain.wall_clock import instant, wall

MOST_COUNT = 1000
MOST_INTERVAL = 366
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)
_ALLOWED = {
    "DAILY": frozenset[str](),
    "WEEKLY": frozenset({"BYDAY", "WKST"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}),
}
_ALWAYS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL"})
_DAYS = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_VALUES = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d{0,2}",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(?:T\d{6}Z?)?",
    "WKST": _DAYS,
    "BYDAY": rf"(?:[+-]?[1-5])?{_DAYS}(?:,(?:[+-]?[1-5])?{_DAYS}){{0,20}}",
    "BYMONTHDAY": r"-?(?:[1-9]|[12]\d|3[01])(?:,-?(?:[1-9]|[12]\d|3[01])){0,30}",
    "BYMONTH": r"(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2])){0,11}",
    "BYSETPOS": r"-?[1-5](?:,-?[1-5]){0,4}",
}
_UNTIL_FORMATS = {8: "%Y%m%d", 15: "%Y%m%dT%H%M%S", 16: "%Y%m%dT%H%M%SZ"}
_YEARS_LATER = 7600
"""The calendar repeats every 400 years, to the weekday. Rules are evaluated so much later because dateutil gives up
after the year 9999 only: looking for what never comes ends after 373 years, not after 8,000."""


class BadRecurrence(ValueError):
    """The rule cannot be used; `field` names the part that is wrong."""

    def __init__(self, message: str, field: str = "rrule") -> None:
        super().__init__(message)
        self.field = field


class Recurrence(msgspec.Struct, frozen=True, kw_only=True):
    """`starts` is the naive wall-clock time that the rule counts from; each occurrence `lasts` on that clock."""

    rrule: str
    starts: datetime
    lasts: timedelta
    zone: str

    def __str__(self) -> str:
        ends = self.starts + self.lasts
        days = (ends.date() - self.starts.date()).days
        later = f" (+{days} d)" if days else ""
        return f"{self.rrule} {self.starts:%H:%M}-{ends:%H:%M}{later} {self.zone}"


class Occurrence(msgspec.Struct, frozen=True):
    """From `starts_at` until before `ends_at`."""

    starts_at: datetime
    ends_at: datetime


def checked(text: str, zone: str) -> str:
    """The rule `text` in one spelling, UNTIL on the wall clock of `zone`. Raises `BadRecurrence`."""
    parts = _parts(text)
    frequency = parts.get("FREQ", "")
    if not frequency:
        raise BadRecurrence("the rule says no FREQ: DAILY, WEEKLY, MONTHLY or YEARLY")
    surplus = sorted(set(parts) - _ALWAYS - _ALLOWED[frequency])
    if surplus:
        may = ", ".join(sorted(_ALWAYS | _ALLOWED[frequency]))
        raise BadRecurrence(f"{surplus[0]} cannot stand beside FREQ={frequency}; there may be {may}")
    if frequency == "WEEKLY" and re.search(r"\d", parts.get("BYDAY", "")):
        raise BadRecurrence("a weekly rule has plain weekdays: BYDAY=MO,TU; 1MO belongs to FREQ=MONTHLY")
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTHDAY"} & parts.keys():
        raise BadRecurrence("BYSETPOS chooses among days, so it needs BYDAY or BYMONTHDAY")
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRecurrence("COUNT and UNTIL exclude each other")
    for name, most in (("COUNT", MOST_COUNT), ("INTERVAL", MOST_INTERVAL)):
        if int(parts.get(name, 1)) > most:
            raise BadRecurrence(f"{name} is {most} at most")
    if "UNTIL" in parts:
        parts["UNTIL"] = f"{_until(parts['UNTIL'], zone):%Y%m%dT%H%M%S}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _parts(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, sign, value = part.strip().partition("=")
        if name not in _VALUES or not sign:
            raise BadRecurrence(f"{name[:40]!r} is no part of a rule; there is {', '.join(_VALUES)}")
        if name in found:
            raise BadRecurrence(f"{name} is said twice")
        if not re.fullmatch(_VALUES[name], value, re.ASCII):
            raise BadRecurrence(f"{name}={value[:60]} is not understood")
        found[name] = value
    return found


def _until(text: str, zone: str) -> datetime:
    """UNTIL as a naive wall-clock time; a date means its whole day."""
    try:
        until = datetime.strptime(text, _UNTIL_FORMATS[len(text)])  # noqa: DTZ007 - a wall clock's
    except ValueError:
        raise BadRecurrence(f"UNTIL={text} is no date: write 20261231, or 20261231T235959") from None
    if len(text) == 8:
        return until.replace(hour=23, minute=59, second=59)
    return wall(until.replace(tzinfo=UTC), zone) if text.endswith("Z") else until


def check(rule: Recurrence, now: datetime) -> None:
    """Raise `BadRecurrence` unless `rule`, which `checked` gave, occurs after `now`."""
    if not SHORTEST <= rule.lasts <= LONGEST:
        raise BadRecurrence("each time lasts between one minute and seven days", "lasts")
    if abs(rule.starts.year - now.year) > 100:
        raise BadRecurrence("the rule starts too far off", "starts_at")
    if next(occurrences(rule, now), None) is None:
        raise BadRecurrence("the rule never occurs again")


def occurrences(rule: Recurrence, after: datetime) -> Iterator[Occurrence]:
    """What ends after the instant `after`, in the order of the starts."""
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # loaded only where a rule is: 10 ms

    text = re.sub(r"UNTIL=(\d{4})", lambda found: f"UNTIL={int(found[1]) + _YEARS_LATER}", rule.rrule)
    starts = rrulestr(text, dtstart=rule.starts.replace(year=rule.starts.year + _YEARS_LATER))
    since = wall(after, rule.zone) - rule.lasts - timedelta(days=1)
    since = max(since, rule.starts)
    for later in starts.xafter(since.replace(year=since.year + _YEARS_LATER), inc=True):
        start = later.replace(year=later.year - _YEARS_LATER)
        found = Occurrence(instant(start, rule.zone), instant(start + rule.lasts, rule.zone, last=True))
        if found.starts_at < found.ends_at and found.ends_at > after:
            yield found
