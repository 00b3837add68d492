"""Schedules of roster.toml: one rotation, or layers of several, with whatever may be said of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

import pydantic

from incidentd.configuration.hours import WallClock, days_of_week
from incidentd.configuration.secrets import BadSecret, resolve_secret
from incidentd.configuration.values import Name, PositiveDuration, Table, Zone, unknown
from incidentd.domain.hours import EVERY_DAY
from incidentd.domain.people import HandoverForm, Ical, Layer, Restriction, Rotation, Schedule, Unit
from incidentd.domain.toml_lines import Path

_MOST_LAYERS = 50
Broken = tuple[Path, tuple[str, str]]
"""A key, and (what is wrong, remedy)."""


def _day(value: Any) -> date:
    """A TOML date, or "2026-01-05"."""
    try:
        return value if type(value) is date else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("is no date — write for example 2026-01-05") from None


def _day_or_time(value: Any) -> date | datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise ValueError("has an offset — write the time as the clocks of the zone show it: 2026-12-31T18:00:00")
    return value if isinstance(value, datetime) else _day(value)


def _weekday(value: Any) -> int:
    found = days_of_week(value)
    if len(found) != 1:
        raise ValueError('is no single day — write for example "mon"')
    return next(iter(found))


Day = Annotated[date, pydantic.BeforeValidator(_day)]
Until = Annotated[date | datetime, pydantic.PlainValidator(_day_or_time)]
Weekday = Annotated[int, pydantic.PlainValidator(_weekday)]
Weekdays = Annotated[frozenset[int], pydantic.PlainValidator(days_of_week)]


class RestrictionTable(Table):
    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True, populate_by_name=True)

    days: Weekdays = EVERY_DAY
    from_: WallClock = pydantic.Field(default=time(0), alias="from")
    to: WallClock = time(0)
    to_day: Weekday | None = None

    @pydantic.model_validator(mode="after")
    def _one_beginning(self) -> RestrictionTable:
        if self.to_day is not None and len(self.days) != 1:
            raise ValueError('has an to_day and not one day on which it begins — write days = ["fri"]')
        return self


class _Turns(Table):
    """What may be said of any rotation."""

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)

    handover: WallClock = time(9)
    handover_day: Weekday | None = None
    zone: Zone = "UTC"
    weeks: Annotated[int, pydantic.Field(ge=1, le=52)] | None = None
    days: Annotated[int, pydantic.Field(ge=1, le=364)] | None = None
    hours: Annotated[int, pydantic.Field(ge=1, le=8736)] | None = None
    until: Until | None = None
    skip: list[Day] = pydantic.Field(default=[])
    shadows: list[str] = pydantic.Field(default=[])
    restrictions: list[RestrictionTable] = pydantic.Field(default=[])


class LayerTable(_Turns):
    """A rotation of `people`, or a calendar: `ical`."""

    name: Name = ""
    people: Annotated[list[str], pydantic.Field(min_length=1)] | None = None
    start: Day | None = None
    ical: Any = None  # a URL, a path, or a secret reference to one of these
    ical_every: PositiveDuration = timedelta(minutes=15)
    ical_people: dict[str, str] = pydantic.Field(default={})


_OF_THE_WHOLE = frozenset({"layers", "handover_form"})


class ScheduleTable(_Turns):
    """One rotation, or `layers`; what is in `_OF_THE_WHOLE` goes with both."""

    handover_form: HandoverForm | None = None

    people: Annotated[list[str], pydantic.Field(min_length=1)] | None = None
    start: Day | None = None
    layers: Annotated[list[LayerTable], pydantic.Field(min_length=1, max_length=_MOST_LAYERS)] | None = None


# ---------------------------------------------------------------------- faults
def broken_schedule(
    table: ScheduleTable, path: Path, people: Iterable[str], environ: Mapping[str, str]
) -> Iterable[Broken]:
    """What is wrong with the schedule at `path` beyond its types."""
    if table.layers is None:
        for key in ("people", "start"):
            if getattr(table, key) is None:
                yield (*path, key), ("is missing", "add it, or write [[schedules.NAME.layers]]")
        yield from _broken_turns(table, path, people)
        return
    for key in sorted(table.model_fields_set - _OF_THE_WHOLE):
        yield (*path, key), ("belongs to a layer, and this schedule has layers", f"move {key} into the layers")
    names: set[str] = set()
    for number, layer in enumerate(table.layers):
        here = (*path, "layers", number)
        name = _name(layer, number)
        if name in names:
            yield (*here, "name"), (f'"{name}" is the name of two layers', "give each layer a name of its own")
        names.add(name)
        yield from _broken_layer(layer, here, people, environ)


_OF_TURNS = frozenset({"people", "start", "weeks", "days", "hours", "until", "skip", "handover_day", "handover"})


def _broken_layer(table: LayerTable, path: Path, people: Iterable[str], environ: Mapping[str, str]) -> Iterable[Broken]:
    if table.ical is not None:
        yield from _broken_calendar(table, path, people, environ)
        return
    for key in ("people", "start"):
        if getattr(table, key) is None:
            yield (*path, key), ("is missing", "add it, or write ical for a calendar")
    for key in sorted(table.model_fields_set & {"ical_people", "ical_every"}):
        yield (*path, key), ("is for a calendar", "add ical, or take it away")
    yield from _broken_turns(table, path, people)


def _broken_calendar(
    table: LayerTable, path: Path, people: Iterable[str], environ: Mapping[str, str]
) -> Iterable[Broken]:
    for key in sorted(table.model_fields_set & _OF_TURNS):
        yield (*path, key), ("is for turns, and this layer is a calendar", "take it away, or take ical away")
    named: list[tuple[Path, str]] = [(("ical_people", text), handle) for text, handle in table.ical_people.items()]
    for where, handle in [*named, *((("shadows", index), handle) for index, handle in enumerate(table.shadows))]:
        if handle not in people:
            yield (*path, *where), unknown("person", handle, people)
    try:
        ical_place(table.ical, environ)
    except BadSecret as error:
        yield (*path, "ical"), (str(error), error.remedy)


def ical_place(value: object, environ: Mapping[str, str]) -> str:
    """The URL or the path that `ical` means. Raises `BadSecret`."""
    place = value if isinstance(value, str) else resolve_secret(value, environ).reveal().strip()
    if not place.startswith(("https://", "http://", "/")):
        raise BadSecret("is no https URL and no absolute path", 'write "https://HOST/PATH.ics" or "/PATH.ics"')
    return place


def _broken_turns(table: LayerTable | ScheduleTable, path: Path, people: Iterable[str]) -> Iterable[Broken]:
    for key in ("people", "shadows"):
        for index, handle in enumerate(getattr(table, key) or ()):
            if handle not in people:
                yield (*path, key, index), unknown("person", handle, people)
    given = [unit.value for unit in Unit if getattr(table, unit.value) is not None]
    if len(given) > 1:
        yield (*path, given[-1]), (f"is a second length of turns beside {given[0]}", "keep one of them")
    if table.handover_day is not None and given not in ([], [Unit.WEEKS.value]):
        yield (*path, "handover_day"), ("is for turns of weeks", "take it away, or write weeks = 1")
    until = _until(table)
    if until is not None and table.start is not None and until <= datetime.combine(table.start, table.handover):
        yield (*path, "until"), ("is not after the start", "write a later day, or take it away")


# ---------------------------------------------------------------------- meaning
def people_of(table: ScheduleTable, everybody: Iterable[str]) -> tuple[str, ...]:
    """Whoever may have a turn: a calendar may name anybody."""
    if table.layers is None:
        return tuple(table.people or ())
    if any(layer.ical is not None for layer in table.layers):
        return tuple(everybody)
    return tuple(handle for layer in table.layers for handle in layer.people or ())


def schedule(name: str, table: ScheduleTable, environ: Mapping[str, str]) -> Schedule:
    """The schedule that a table without faults describes."""
    if table.layers is None:
        layers = [_layer(name, table, None)]
    else:
        layers = [
            _layer(_name(layer, number), layer, _ical(layer, environ)) for number, layer in enumerate(table.layers)
        ]
    return Schedule(name=name, layers=tuple(layers), handover_form=table.handover_form)


def _name(layer: LayerTable, number: int) -> str:
    return layer.name or str(number + 1)


def _ical(table: LayerTable, environ: Mapping[str, str]) -> Ical | None:
    if table.ical is None:
        return None
    return Ical(place=ical_place(table.ical, environ), every=table.ical_every, people=table.ical_people)


def _layer(name: str, table: LayerTable | ScheduleTable, ical: Ical | None) -> Layer:
    return Layer(
        name=name,
        ical=ical,
        rotation=_rotation(table),
        restrictions=tuple(_restriction(one) for one in table.restrictions),
        shadows=tuple(table.shadows),
    )


def _rotation(table: LayerTable | ScheduleTable) -> Rotation:
    unit = next((unit for unit in Unit if getattr(table, unit.value) is not None), Unit.WEEKS)
    return Rotation(
        people=tuple(table.people or ()),
        start=table.start or date.min,  # a calendar has no turns
        handover=table.handover,
        handover_day=table.handover_day,
        zone=table.zone,
        every=getattr(table, unit.value) or 1,
        unit=unit,
        until=_until(table),
        skip=tuple(table.skip),
    )


def _until(table: LayerTable | ScheduleTable) -> datetime | None:
    """A day ends a rotation at its handover."""
    until = table.until
    return until if until is None or isinstance(until, datetime) else datetime.combine(until, table.handover)


def _restriction(table: RestrictionTable) -> Restriction:
    over = 1 if table.to <= table.from_ else 0
    if table.to_day is not None:
        (first,) = table.days
        over = (table.to_day - first) % 7 or (7 if over else 0)
    return Restriction(days=table.days, start=table.from_, end=table.to, days_over=over)
