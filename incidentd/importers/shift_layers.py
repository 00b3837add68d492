"""Layers of roster.toml made from what a vendor says of turns and hours, and schedules for people on call at once.

A schedule of incidentd has one holder at every instant. Where a vendor has several people on call at the same time, one
schedule becomes several, "lanes", and whatever pages it pages all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
MOST_LAYERS = 50  # of one schedule in roster.toml
_UNITS = ((WEEK, "weeks", 52), (DAY, "days", 364), (timedelta(hours=1), "hours", 8736))
_MINUTE = timedelta(minutes=1)
_MINUTES = 7 * 24 * 60
_YEARS = (1970, 2200)
_ANY_DAY = date(2026, 1, 5)


class Span(msgspec.Struct, frozen=True):
    """From `start` for `length` (at most a week), on `day` (0 is Monday) or, when that is None, on every day."""

    day: int | None
    start: time
    length: timedelta


class Turns(msgspec.Struct, frozen=True, kw_only=True):
    """A rotation of groups: those of a group are on call together. Times are naive, on the wall clock of `zone`."""

    name: str
    groups: tuple[tuple[str, ...], ...]
    start: datetime
    zone: str
    turn: timedelta
    handover_day: int | None = None  # 0 is Monday
    until: datetime | None = None
    spans: tuple[Span, ...] = ()
    level: int = 0  # a higher one lies above a lower one; of equal ones everybody is on call
    beside: bool = False  # it covers no lower one

    @property
    def lanes(self) -> int:
        """How many people are on call at once."""
        return max(len(group) for group in self.groups)


def wall_time(text: str, zone: str) -> datetime | None:
    """An instant as ISO 8601 with an offset (without one: UTC), on the wall clock of `zone`, to the minute.

    None for what is no time, or so far off that no calendar reaches there.
    """
    try:
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        clock = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)
    except (ValueError, OverflowError):
        return None
    return clock if _YEARS[0] <= clock.year <= _YEARS[1] else None


def turn_length(length: timedelta) -> tuple[str, int] | None:
    """(unit, number) of turns of `length`; None when no rotation has such."""
    for unit, name, most in _UNITS:
        if length and not length % unit and length // unit <= most:
            return name, length // unit
    return None


def once(name: str, group: Sequence[str], start: datetime, until: datetime, zone: str, level: int) -> Turns:
    """A single time: an override, or an event that does not recur. At least a minute long."""
    return Turns(
        name=name, groups=(tuple(group),), start=start, zone=zone, turn=52 * WEEK,
        until=max(until, start + _MINUTE), level=level,
    )  # fmt: skip


# ---------------------------------------------------------------------- tables
def layer(turns: Turns, lane: int, name: str) -> dict[str, Any]:
    """The table of one lane: of a group that is smaller, its last one has the other lanes too."""
    unit, number = turn_length(turns.turn) or ("weeks", 1)
    table: dict[str, Any] = {
        "name": name,
        "people": [group[min(lane, len(group) - 1)] for group in turns.groups],
        "start": turns.start.date(),
        "handover": f"{turns.start:%H:%M}",
        "zone": turns.zone,
        unit: number,
    }
    if turns.handover_day is not None and unit == "weeks":
        table["handover_day"] = _short(turns.handover_day)
    if turns.until is not None:
        table["until"] = turns.until
    if turns.spans:
        table["restrictions"] = restrictions(turns.spans)
    return table


def restrictions(spans: Iterable[Span]) -> list[dict[str, Any]]:
    """Tables of `spans`; days with the same hours share one."""
    shared: dict[tuple[str, str], list[int]] = {}
    found: list[dict[str, Any]] = []
    for span in spans:
        start = datetime.combine(_ANY_DAY, span.start)
        end = start + span.length
        hours = f"{start:%H:%M}", f"{end:%H:%M}"
        if span.day is None:
            found.append({"from": hours[0], "to": hours[1]})
        elif span.length <= DAY:
            shared.setdefault(hours, []).append(span.day)
        else:
            last = (span.day + (end.date() - start.date()).days) % 7
            found.append({"days": [_short(span.day)], "from": hours[0], "to_day": _short(last), "to": hours[1]})
    found += [{"days": _ranges(days), "from": first, "to": last} for (first, last), days in shared.items()]
    return found


def _short(day: int) -> str:
    return DAYS[day][:3]


def _ranges(days: Iterable[int]) -> list[str]:
    """Days as roster.toml writes them, three or more in a row as one."""
    ordered = sorted(set(days))
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return [f"{_short(ordered[0])}-{_short(ordered[-1])}"]
    return [_short(day) for day in ordered]


# ---------------------------------------------------------------------- lanes
def lanes(turns: Sequence[Turns]) -> list[list[tuple[Turns, int]]]:
    """Lanes from low to high, each of (turns, which of a group). Together they have whoever the vendor has on call.

    Turns of one level that may meet lie in different lanes. A lane without anything of a higher level that covers it
    repeats the first of that level, who is paged once all the same.
    """
    found: list[list[tuple[Turns, int]]] = []
    for level in sorted({one.level for one in turns}):
        here: list[list[tuple[Turns, int]]] = [[] for _ in found]
        mine = [one for one in turns if one.level == level and not one.beside]
        for one in mine:
            for lane in range(one.lanes):
                _place(here, one, lane)
        for index, lane_turns in enumerate(here):
            if index < len(found):
                covers = [(one, 0) for one in mine if not any(other is one for other, _ in lane_turns)]
                found[index] += [*covers, *lane_turns]
            else:
                found.append(lane_turns)
        found += [[(one, lane)] for one in turns if one.level == level and one.beside for lane in range(one.lanes)]
    return found


def _place(lanes_: list[list[tuple[Turns, int]]], one: Turns, lane: int) -> None:
    for taken in lanes_:
        if not any(other is one or _meet(other, one) for other, _ in taken):
            taken.append((one, lane))
            return
    lanes_.append([(one, lane)])


def _meet(one: Turns, other: Turns) -> bool:
    """Whether both may have somebody at the same instant; True when that is not easy to tell."""
    for first, second in ((one, other), (other, one)):
        if first.until is not None and first.zone == second.zone and first.until <= second.start:
            return False
    return one.zone != other.zone or bool(_mask(one) & _mask(other))


def _mask(turns: Turns) -> int:
    """The minutes of the week in which there is somebody, as bits."""
    if not turns.spans:
        return (1 << _MINUTES) - 1
    found = 0
    for span in turns.spans:
        minutes = min(span.length // _MINUTE, _MINUTES)
        for day in range(7) if span.day is None else (span.day,):
            bits = ((1 << minutes) - 1) << (day * 24 * 60 + span.start.hour * 60 + span.start.minute)
            found |= (bits & ((1 << _MINUTES) - 1)) | (bits >> _MINUTES)
    return found
