"""Time intervals of a configuration file, in the words of Alertmanager's `time_interval`.

A range is written `first:last`, both included; a list stands for any of its items.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pydantic

from incidentd.configuration.problems import suggestion
from incidentd.configuration.values import Name, Table, Zone
from incidentd.domain.time_intervals import DAY_MINUTES, ClockSpan, DaySpan, Period, YearSpan

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|(24:00)", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,4}", re.ASCII)
_LONGEST_MONTH = 31


def _minute(value: Any) -> int:
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('is no time of day — write for example "09:00", or "24:00" for the end of the day')
    return DAY_MINUTES if found[3] else int(found[1]) * 60 + int(found[2])


def _ends(value: Any) -> tuple[str, str]:
    """The two ends of a range; one value is both."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise ValueError('is no range — write one value, or "first:last"')
    first, colon, last = text.partition(":")
    return first.strip().lower(), (last if colon else first).strip().lower()


def _named(value: Any, names: Sequence[str], kind: str, *, numbers: bool) -> frozenset[int]:
    """A range of names as numbers from 1 on; it may go over the end, as saturday:monday does."""

    def number(text: str) -> int:
        if numbers and _NUMBER.fullmatch(text) and 1 <= int(text) <= len(names):
            return int(text)
        if text not in names:
            raise ValueError(f'"{text[:40]}" is no {kind} — {suggestion(text, names)}')
        return names.index(text) + 1

    first, last = (number(text) for text in _ends(value))
    count = (last - first) % len(names) + 1
    return frozenset((first - 1 + step) % len(names) + 1 for step in range(count))


def _weekdays(value: Any) -> frozenset[int]:
    return _named(value, _WEEKDAYS, "weekday", numbers=False)


def _months(value: Any) -> frozenset[int]:
    return _named(value, _MONTHS, "month", numbers=True)


def _numbers(value: Any, example: str) -> tuple[int, int]:
    first, last = _ends(value)
    if not _NUMBER.fullmatch(first) or not _NUMBER.fullmatch(last):
        raise ValueError(f"is no range of numbers — write for example {example}")
    return int(first), int(last)


def _days(value: Any) -> DaySpan:
    first, last = _numbers(value, '"1:7", or "-3:-1" for the last three')
    if not all(1 <= abs(day) <= _LONGEST_MONTH for day in (first, last)):
        raise ValueError("is outside of a month — days are 1 to 31, or -1 for the last to -31")
    if first < 0 < last:
        raise ValueError("ends before it begins in most months — where the first is negative, the last must be too")
    from_start = [day if day > 0 else day + _LONGEST_MONTH + 1 for day in (first, last)]
    if from_start[0] > from_start[1]:
        raise ValueError("always ends before it begins — exchange the two")
    return DaySpan(first, last)


def _years(value: Any) -> YearSpan:
    first, last = _numbers(value, '"2026" or "2026:2028"')
    if not 1 <= first <= last:
        raise ValueError("ends before it begins — exchange the two")
    return YearSpan(first, last)


class TimesTable(Table):
    start_time: Annotated[int, pydantic.BeforeValidator(_minute)]
    end_time: Annotated[int, pydantic.BeforeValidator(_minute)]

    @pydantic.model_validator(mode="after")
    def _in_order(self) -> TimesTable:
        if self.start_time >= self.end_time:
            raise ValueError('ends before it begins — over midnight write two: "22:00" to "24:00", "00:00" to "06:00"')
        return self


class PeriodTable(Table):
    """A period of a time interval."""

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    times: list[TimesTable] = pydantic.Field(default=[])
    weekdays: list[Annotated[frozenset[int], pydantic.PlainValidator(_weekdays)]] = pydantic.Field(default=[])
    days_of_month: list[Annotated[DaySpan, pydantic.PlainValidator(_days)]] = pydantic.Field(default=[])
    months: list[Annotated[frozenset[int], pydantic.PlainValidator(_months)]] = pydantic.Field(default=[])
    years: list[Annotated[YearSpan, pydantic.PlainValidator(_years)]] = pydantic.Field(default=[])
    location: Zone = "UTC"


def _several(value: Any) -> Any:
    """One table is a list of one."""
    return [value] if isinstance(value, Mapping) else value


Intervals = dict[Name, Annotated[list[PeriodTable], pydantic.BeforeValidator(_several)]]
"""The field for `[time_intervals.NAME]`, or `[[time_intervals.NAME]]` for several periods of which any counts."""


def time_intervals(tables: Mapping[str, Sequence[PeriodTable]]) -> dict[str, tuple[Period, ...]]:
    """The intervals by name."""
    return {name: tuple(_period(table) for table in periods) for name, periods in tables.items()}


def _period(table: PeriodTable) -> Period:
    return Period(
        times=tuple(ClockSpan(span.start_time, span.end_time) for span in table.times),
        weekdays=frozenset().union(*table.weekdays),
        days_of_month=tuple(table.days_of_month),
        months=frozenset().union(*table.months),
        years=tuple(table.years),
        location=table.location,
    )
