"""Calendar rules as people say them: `sun 02:00-04:00`, `mon-fri 22:00-06:00`, `last fri 18:00-20:00`."""

from __future__ import annotations

import re
from datetime import time, timedelta

import msgspec

from incidentd.domain.recurrence import BadRecurrence

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GROUPS = {"weekday": _DAYS[:5], "weekdays": _DAYS[:5], "weekend": _DAYS[5:], "weekends": _DAYS[5:]}
_DAILY = ("", "day", "daily")
_ORDINALS = {"1st": "1", "2nd": "2", "3rd": "3", "4th": "4", "last": "-1"}
_RULE = re.compile(r"(?:(?P<days>.*?)\s+)?(?P<start>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2})", re.ASCII)
_EXAMPLES = '"sun 02:00-04:00", "mon-fri 22:00-06:00", "daily 12:00-12:30" or "last fri 18:00-20:00"'


class Every(msgspec.Struct, frozen=True):
    """What the words mean: the rule, the time of day it starts at, and how long it lasts."""

    rrule: str
    at: time
    lasts: timedelta


def parse_every(text: str) -> Every:
    """Read `[DAYS] HH:MM-HH:MM`; an end that is not after the start is on the next day. Raises `BadRecurrence`."""
    found = _RULE.fullmatch(text.strip().lower())
    if found is None:
        raise BadRecurrence(f"{text[:80]!r} is no rule: write {_EXAMPLES}", "every")
    start, end = _minutes(found["start"]), _minutes(found["end"])
    if start >= 24 * 60:
        raise BadRecurrence("a day starts at 00:00, not at 24:00", "every")
    lasts = timedelta(minutes=end - start if end > start else end - start + 24 * 60)
    return Every(_rrule((found["days"] or "").strip()), time(start // 60, start % 60), lasts)


def _minutes(clock: str) -> int:
    hours, minutes = map(int, clock.split(":"))
    if minutes > 59 or hours * 60 + minutes > 24 * 60:
        raise BadRecurrence(f"{clock} is no time of day", "every")
    return hours * 60 + minutes


def _rrule(words: str) -> str:
    words = words.removeprefix("every ").strip()
    if words in _DAILY:
        return "FREQ=DAILY"
    ordinal, _, rest = words.partition(" ")
    if ordinal in _ORDINALS:
        days = ",".join(f"{_ORDINALS[ordinal]}{day}" for day in _days(rest))
        return f"FREQ=MONTHLY;BYDAY={days}"
    return f"FREQ=WEEKLY;BYDAY={','.join(_days(words))}"


def _days(words: str) -> list[str]:
    """Weekdays as RRULE writes them, in the order of the week."""
    chosen: set[str] = set()
    for part in filter(None, re.split(r"[,\s]+", words)):
        first, dash, last = part.partition("-")
        if part in _GROUPS:
            chosen.update(_GROUPS[part])
        elif dash:
            begin, end = _day(first), _day(last)
            chosen.update(_DAYS[(begin + offset) % 7] for offset in range((end - begin) % 7 + 1))
        else:
            chosen.add(_DAYS[_day(part)])
    if not chosen:
        raise BadRecurrence(f"no weekday is named: write {_EXAMPLES}", "every")
    return [day[:2].upper() for day in _DAYS if day in chosen]


def _day(word: str) -> int:
    for index, day in enumerate(_DAYS):
        if len(word) >= 2 and (word == day[:2] or word[:3] == day) and _FULL[index].startswith(word):
            return index
    raise BadRecurrence(f"{word[:40]!r} is no weekday: write {_EXAMPLES}", "every")


_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
