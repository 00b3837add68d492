"""How times, spans and states read: short words for narrow columns. Times are shown in the viewer's own zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

_UNITS = ((86400 * 14, 86400 * 7, "w"), (86400, 86400, "d"), (3600, 3600, "h"), (60, 60, "m"))
_RANKS = {
    1: ("critical", "crit", "page", "emergency", "fatal", "p1", "sev1", "disaster"),
    2: ("error", "err", "high", "major", "p2", "sev2"),
    3: ("warning", "warn", "medium", "average", "minor", "p3", "sev3", "ticket"),
    4: ("info", "information", "low", "notice", "p4", "sev4"),
}
_RANK_OF = {word: rank for rank, words in _RANKS.items() for word in words}
_SHORT = {"critical": "CRIT", "warning": "WARN", "information": "INFO", "error": "ERR", "emergency": "EMRG"}


def age(since: datetime, now: datetime) -> str:
    """How long ago in at most four characters: now, 4m, 3h, 2d, 5w."""
    seconds = (now - since).total_seconds()
    for least, unit, letter in _UNITS:
        if seconds >= least:
            return f"{int(seconds // unit)}{letter}"
    return "now"


def rest(until: datetime, now: datetime) -> str:
    """How long until then in at most four characters, the minute begun counted: 30m, 2h."""
    return age(now, max(until, now) + timedelta(seconds=59))


def clock(span: timedelta) -> str:
    """A running clock: 6:12 is minutes and seconds, 2:06:12 begins with hours, 3d 4h with days."""
    total = max(int(span.total_seconds()), 0)
    hours, rest = divmod(total, 3600)
    if hours >= 24:
        return f"{hours // 24}d {hours % 24}h"
    if hours:
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{rest // 60}:{rest % 60:02}"


def offset(at: datetime, start: datetime) -> str:
    """Hours and minutes from `start`: +0:05, or -0:03 for what was seen before it; from 100 hours on days: +4d."""
    seconds = int((at - start).total_seconds())
    sign = "-" if seconds < 0 else "+"
    minutes = abs(seconds) // 60
    return f"{sign}{minutes // 60}:{minutes % 60:02}" if minutes < 6000 else f"{sign}{minutes // 1440}d"


def hour(at: datetime, zone: tzinfo) -> str:
    """The time of day, 14:22."""
    return at.astimezone(zone).strftime("%H:%M")


def hour_of(at: datetime, zone: tzinfo) -> str:
    """The time of day with seconds."""
    return at.astimezone(zone).strftime("%H:%M:%S")


def day_hour(at: datetime, now: datetime, zone: tzinfo) -> str:
    """14:22 today, else with the weekday or the date."""
    there, here = at.astimezone(zone), now.astimezone(zone)
    if there.date() == here.date():
        return there.strftime("%H:%M")
    return there.strftime("%a %H:%M") if abs(there - here) < timedelta(days=6) else there.strftime("%d %b %H:%M")


def zone_mark(now: datetime, zone: tzinfo) -> str:
    """What follows a clock: Z for UTC, else the zone's own letters."""
    name = now.astimezone(zone).tzname() or ""
    return "Z" if name == "UTC" else f" {name}"


def alert_rank(severity: str) -> int:
    """1 to 5 from the label that a sender gave, whatever his words; 5 when he gave none, 3 for an unknown word."""
    word = severity.strip().lower()
    return _RANK_OF.get(word, 3) if word else 5


def alert_severity(severity: str) -> str:
    """The sender's severity word in at most four letters."""
    word = severity.strip().lower()
    return _SHORT.get(word, word[:4].upper()) or "—"


def count(number: int, one: str, many: str = "") -> str:
    """1 alert, 2 alerts."""
    return f"{number} {one if number == 1 else many or one + 's'}"


_SPAN = re.compile(r"([0-9]{1,4})\s*(m|min|h|d|w)")
_SPAN_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{1,2}:[0-9]{2})?")


def end_of(text: str, now: datetime, zone: tzinfo) -> datetime:
    """When something ends: after 45m, 2h or 3d, at the next 18:00, or at 2026-03-13 09:00; times are of `zone`.

    Raises `ValueError` with what was expected.
    """
    text = text.strip().lower()
    if found := _SPAN.fullmatch(text):
        at = now + timedelta(**{_SPAN_UNITS[found[2]]: int(found[1])})
    elif found := _CLOCK.fullmatch(text):
        at = _at_clock(found, now, zone)
        at = at if at > now else at + timedelta(days=1)
    elif _DATE.fullmatch(text):
        at = _at_date(text, zone)
    else:
        raise ValueError("write 45m, 2h, 3d, 18:00 or 2026-03-13 09:00")
    if at <= now:
        raise ValueError("it must lie in the future")
    return at.astimezone(now.tzinfo)


def past_of(text: str, now: datetime, zone: tzinfo) -> datetime:
    """When something was: 12m or 2h ago, at the last 14:05, or at 2026-03-13 09:00; times are of `zone`.

    Raises `ValueError` with what was expected.
    """
    text = text.strip().lower().removeprefix("-").removesuffix(" ago")
    if found := _SPAN.fullmatch(text):
        return now - timedelta(**{_SPAN_UNITS[found[2]]: int(found[1])})
    if found := _CLOCK.fullmatch(text):
        at = _at_clock(found, now, zone)
        return (at if at <= now else at - timedelta(days=1)).astimezone(now.tzinfo)
    if not _DATE.fullmatch(text):
        raise ValueError("write 12m or 2h for so long ago, 14:05 or 2026-03-13 09:00")
    at = _at_date(text, zone)
    if at > now:
        raise ValueError("it must lie in the past")
    return at.astimezone(now.tzinfo)


def day_of(label: str, text: str, zone: tzinfo) -> datetime | None:
    """The beginning in `zone` of the day that `text` names, None for "". Raises `ValueError` naming `label`."""
    text = text.strip()
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    except ValueError:
        raise ValueError(f"{label}: {text} is no day such as 2026-03-13") from None


def _at_clock(found: re.Match[str], now: datetime, zone: tzinfo) -> datetime:
    if int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f"{found[0]} is no time of the day")
    return now.astimezone(zone).replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)


def _at_date(text: str, zone: tzinfo) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        raise ValueError(f"{text} is no date and time such as 2026-03-13 09:00") from None


def span(length: timedelta) -> str:
    """A length in words that fit a column: 45 min, 2 h, 1 h 30 min, 3 d."""
    minutes = max(round(length.total_seconds() / 60), 0)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} d"
    return f"{hours} h {rest} m" if rest and hours < 10 else f"{hours} h"
