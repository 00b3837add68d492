"""Times as people write them into documents: dates, clocks of a day, and zones by their usual short names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import msgspec

_HOURS: Mapping[str, float] = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "CET": 1, "WEST": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "BST": 1,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9, "SGT": 8,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
_AREAS = {"PT": "America/Los_Angeles", "MT": "America/Denver", "CT": "America/Chicago", "ET": "America/New_York"}
_ZONE = r"(?P<zone>(?-i:" + "|".join(sorted((*_HOURS, *_AREAS), key=len, reverse=True)) + r")|[+-]\d\d:?\d\d)"
_NAMED_ZONE = re.compile(rf"(?<![A-Za-z+-]){_ZONE}(?![A-Za-z0-9:])")
_DAY = r"(?P<day>\d{4}-\d\d-\d\d)"
_MOMENT = re.compile(
    rf"^[\s\[(~≈@*`|-]*(?:{_DAY}(?:[T,]\s*|\s+(?:at\s+)?))?(?P<hour>[01]?\d|2[0-3])[:h](?P<minute>[0-5]\d)"
    rf"(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?\s*(?:\(?{_ZONE}(?![A-Za-z0-9])\)?)?",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"^\s*(?:[–—-]|to|until)\s*(\d{1,2}:\d\d)[\s:–—-]*")
_ONLY_DAY = re.compile(rf"^\s*{_DAY}\s*$")
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE)
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|m|s)[a-z]*", re.IGNORECASE)
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_YEARS = range(1970, 2201)
_LONGEST = timedelta(days=3660)
_BACKWARDS = timedelta(hours=6)
"""A clock that is so far behind the line before it tells of the next day."""


class Moment(msgspec.Struct, frozen=True):
    """When something happened, and what stands after it. `zoned`: its zone was written there."""

    at: datetime
    rest: str
    zoned: bool


def zone_named(text: str) -> tzinfo | None:
    """The zone that `text` names anywhere, by short name or offset."""
    found = _NAMED_ZONE.search(text)
    return _zone(found["zone"]) if found else None


def _zone(name: str) -> tzinfo:
    name = name.upper()
    if name in _AREAS:
        return ZoneInfo(_AREAS[name])
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name])) if _HOURS[name] else UTC
    sign, hours, minutes = name[0], int(name[1:3]), int(name[-2:])
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1))


def instant_of(text: str, zone: tzinfo) -> tuple[datetime, bool] | None:
    """A day with or without a clock, and whether it has one; in `zone` where it names none. None for anything else."""
    said = text.strip()
    try:
        if found := _ONLY_DAY.match(said):
            return _near(datetime.fromisoformat(found["day"]).replace(tzinfo=zone)), False
        if (found := _MOMENT.match(said)) and found["day"]:
            moment = _moment(found, date.fromisoformat(found["day"]), zone, said)
            return moment.at, True
        return _with_month(said, zone) if _MONTH.search(said) else None
    except (ValueError, OverflowError):
        return None


def _near(at: datetime) -> datetime:
    """`at`, when it is of our times, so that reckoning with it goes nowhere odd. Raises `ValueError`."""
    if at.year not in _YEARS:
        raise ValueError("far off")
    return at


def _with_month(text: str, zone: tzinfo) -> tuple[datetime, bool]:
    from dateutil import parser  # type: ignore[import-untyped]

    named = zone_named(text)
    bare = _NAMED_ZONE.sub("", text) if named else text
    at: datetime = parser.parse(bare, default=datetime(1, 1, 1, tzinfo=named or zone))
    return _near(at), bool(re.search(r"\d:\d\d", text))


def moment_of(text: str, day: date, zone: tzinfo) -> Moment | None:
    """The clock at the start of a line, on `day` unless it names its own."""
    found = _MOMENT.match(text)
    if found is None:
        return None
    try:
        own = date.fromisoformat(found["day"]) if found["day"] else day
        return _moment(found, own, zone, text)
    except (ValueError, OverflowError):
        return None


def _moment(found: re.Match[str], day: date, zone: tzinfo, text: str) -> Moment:
    hour = int(found["hour"])
    if half := found["half"]:
        hour = hour % 12 + (12 if half[0].lower() == "p" else 0)
    named = _zone(found["zone"]) if found["zone"] else None
    clock = time(hour, int(found["minute"]), int(found["second"] or 0), tzinfo=named or zone)
    rest = _UNTIL.sub(r"until \1: ", text[found.end() :]).lstrip(" \t*`)]:|.,>–—-")
    return Moment(_near(datetime.combine(day, clock)).astimezone(UTC), rest, named is not None)


def in_order(at: datetime, before: datetime | None) -> datetime:
    """`at`, or the same clock a day later when the line before says that midnight has passed."""
    return at + timedelta(days=1) if before is not None and before - at > _BACKWARDS else at


def length_of(text: str) -> timedelta | None:
    """A length of time such as 1h 20m, or 80 minutes."""
    parts = _LENGTH.findall(text)
    seconds = sum(timedelta(**{_UNITS[unit.lower()]: 1}).total_seconds() * float(amount) for amount, unit in parts)
    return timedelta(seconds=seconds) if 0 < seconds < _LONGEST.total_seconds() else None
