"""Where values and times stand in a picture: a log axis with the steps that people count in, and an axis of time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from incidentd.domain.pictures.quantities import SECONDS, quantity

_MINUTE, _HOUR, _DAY, _YEAR = 60.0, 3600.0, 86_400.0, 31_536_000.0
_TIMES = (
    *((10.0**power, f"{10.0**power:g} s") for power in (-3, -2, -1)),
    (1.0, "1 s"), (10.0, "10 s"), (_MINUTE, "1 min"), (10 * _MINUTE, "10 min"), (_HOUR, "1 h"), (6 * _HOUR, "6 h"),
    (_DAY, "1 d"), (7 * _DAY, "1 w"), (30 * _DAY, "30 d"), (100 * _DAY, "100 d"), (_YEAR, "1 y"), (10 * _YEAR, "10 y"),
    (100 * _YEAR, "100 y"),
)  # fmt: skip


class Tick(NamedTuple):
    """A marked value: where it stands between 0 and 1, and what is written at it."""

    place: float
    text: str


class LogAxis(NamedTuple):
    """From `low` to `high`, both in the unit of the figure and above 0."""

    low: float
    high: float
    ticks: tuple[Tick, ...]  # the lowest first

    def place(self, value: float) -> float:
        """0 at the lower end, 1 at the upper one; what lies outside stands at the end."""
        return _log_place(value, self.low, self.high)


def log_axis(values: Iterable[float], unit: str) -> LogAxis:
    """The axis that holds all `values` that are above 0, from one step that people count in to another."""
    above = [value for value in values if value > 0] or [_MINUTE / SECONDS[unit] if unit in SECONDS else 1.0]
    steps = _steps(unit, max(above))
    first = max((at for at, (step, _) in enumerate(steps[:-1]) if step <= min(above)), default=0)
    last = next((at for at, (step, _) in enumerate(steps) if step >= max(above)), len(steps) - 1)
    last = max(last, first + 1)
    low, high = steps[first][0], steps[last][0]
    ticks = tuple(Tick(_log_place(step, low, high), text) for step, text in steps[first : last + 1])
    return LogAxis(low, high, ticks)


def _steps(unit: str, most: float) -> Sequence[tuple[float, str]]:
    if unit in SECONDS:
        return [(step / SECONDS[unit], text) for step, text in _TIMES]
    powers = max(math.ceil(math.log10(max(most, 1))), 1) + 1
    numbers = [digit * 10.0**power for power in range(-3, powers) for digit in (1, 2, 5)]
    return [(number, quantity(number, unit)) for number in numbers]


def _log_place(value: float, low: float, high: float) -> float:
    if value <= low:
        return 0.0
    return min(math.log(value / low) / math.log(high / low), 1.0)


# ------------------------------------------------------------------ time
class TimeAxis(NamedTuple):
    """From `start` to `end`, which is later."""

    start: datetime
    end: datetime

    def place(self, at: datetime) -> float:
        """0 at the start, 1 at the end; what lies outside stands at the end."""
        return min(max((at - self.start) / (self.end - self.start), 0.0), 1.0)

    def holds(self, at: datetime) -> bool:
        return self.start <= at <= self.end

    def ticks(self, most: int) -> tuple[Tick, ...]:
        """Hours, days, months or years, whichever are close but at most `most`."""
        for step in _CALENDAR:
            found = list(_calendar_ticks(self, step, most))
            if len(found) <= max(most, 1):
                return tuple(found)
        return ()

    @property
    def text(self) -> str:
        return f"{self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}"


def time_axis(times: Sequence[datetime], since: datetime | None, until: datetime | None) -> TimeAxis:
    """The axis that holds all `times` and the period asked for."""
    whole = [one.astimezone(UTC) for one in (*times, since, until) if one is not None]
    start, end = (min(whole), max(whole)) if whole else (datetime(1970, 1, 1, tzinfo=UTC),) * 2
    if end - start < timedelta(hours=1):
        start, end = start - timedelta(hours=12), end + timedelta(hours=12)
    return TimeAxis(start, end)


class _Step(NamedTuple):
    unit: str  # hour | day | month | year
    many: int


_CALENDAR = (
    _Step("hour", 1), _Step("hour", 3), _Step("hour", 6), _Step("hour", 12), _Step("day", 1), _Step("day", 2),
    _Step("day", 7), _Step("day", 14), _Step("month", 1), _Step("month", 2), _Step("month", 3), _Step("month", 6),
    *(_Step("year", many) for many in (1, 2, 5, 10, 20, 50, 100, 1000)),
)  # fmt: skip


def _calendar_ticks(axis: TimeAxis, step: _Step, most: int) -> Iterator[Tick]:
    """The ticks within the axis; not more than one above `most`, which is enough to know that they are too many."""
    at, given = _floor(axis.start, step), 0
    while at <= axis.end and given <= most:
        if at >= axis.start:
            given += 1
            yield Tick(axis.place(at), _tick_text(at, step))
        at = _next(at, step)


def _floor(at: datetime, step: _Step) -> datetime:
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    match step.unit:
        case "hour":
            return day
        case "day":
            return day - timedelta(days=day.weekday()) if step.many >= 7 else day
        case "month":
            return day.replace(month=1, day=1)
        case _:
            return day.replace(year=max(at.year // step.many * step.many, 1), month=1, day=1)


def _next(at: datetime, step: _Step) -> datetime:
    match step.unit:
        case "hour":
            return at + timedelta(hours=step.many)
        case "day":
            return at + timedelta(days=step.many)
        case "month":
            months = at.month - 1 + step.many
            return at.replace(year=at.year + months // 12, month=months % 12 + 1)
        case _:
            return at.replace(year=min(at.year + step.many, 9999))


def _tick_text(at: datetime, step: _Step) -> str:
    if step.unit == "hour" and at.hour:
        return f"{at:%H:%M}"
    if step.unit in ("hour", "day"):
        return f"{at.day} {at:%b}"
    return f"{at:%b}" if step.unit == "month" and at.month > 1 else f"{at.year}"
