"""Layers and overrides of a PagerDuty schedule as turns.

The API answers layers from the highest to the lowest; a higher one covers a lower one, an override covers them all.
Turns count from `rotation_virtual_start`; handovers stay at their hour in the schedule's zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from incidentd.importers.report import Outcome
from incidentd.importers.roster_parts import RosterParts
from incidentd.importers.shift_layers import DAY, WEEK, Span, Turns, once, turn_length, wall_time
from incidentd.importers.yaml_table import Table


def schedule_turns(schedule: Table, overrides: Sequence[Table], parts: RosterParts, now: datetime) -> list[Turns]:
    """What the schedule says, the lowest first."""
    zone = parts.zone(schedule, "time_zone")
    found: list[Turns] = []
    for layer in reversed(schedule.tables("schedule_layers")):
        one = _layer(layer, zone, len(found), parts)
        if one is not None:
            found += _begun(one, _time(layer, "start", zone), now)
    if "schedule_layers" not in schedule:
        what = "has no layers in the export: fetch schedules/ID one by one, or with include[]=schedule_layers"
        schedule.say(Outcome.TO_DO, what)
    for number, override in enumerate(overrides, 1):
        changed = _override(override, f"override-{number}", zone, len(found), parts)
        if changed is not None:
            found.append(changed)
    return found


def _layer(layer: Table, zone: str, level: int, parts: RosterParts) -> Turns | None:
    people = [(one.table("user") or one).text("id") or "" for one in layer.tables("users")]
    anchor = _time(layer, "rotation_virtual_start", zone) or _time(layer, "start", zone)
    turn = timedelta(seconds=layer.number("rotation_turn_length_seconds") or 0)
    name = layer.text("name") or "layer"
    if not people or anchor is None or turn_length(turn) is None:
        why = "nobody is in it" if not people else f"turns of {turn} are not possible" if anchor else "it has no start"
        layer.say(Outcome.LEFT, f"layer {name!r}: {why}")
        return None
    return Turns(
        name=name, groups=tuple((parts.stand_in(key, layer),) for key in people), start=anchor, zone=zone, turn=turn,
        until=_time(layer, "end", zone), spans=_spans(layer), level=level,
    )  # fmt: skip


def _begun(turns: Turns, begins: datetime | None, now: datetime) -> list[Turns]:
    """`turns` from `begins` on, if that is still to come: what is left of the turn under way, and those that follow."""
    if begins is None or begins <= turns.start or begins <= now.astimezone(ZoneInfo(turns.zone)).replace(tzinfo=None):
        return [turns]
    passed = (begins - turns.start) // turns.turn
    first = passed % len(turns.groups)
    groups = turns.groups[first:] + turns.groups[:first]
    if begins == (start := turns.start + passed * turns.turn):
        return [msgspec.structs.replace(turns, start=start, groups=groups)]
    rest = msgspec.structs.replace(turns, start=start + turns.turn, groups=groups[1:] + groups[:1])
    until = rest.start if turns.until is None else min(rest.start, turns.until)
    part = msgspec.structs.replace(turns, start=begins, groups=groups[:1], until=until)
    return [part, rest] if turns.until is None or rest.start < turns.until else [part]


def _spans(layer: Table) -> tuple[Span, ...]:
    """When the layer counts; none when it always does."""
    found = tuple(_read_spans(layer))
    return () if any(span.length >= (DAY if span.day is None else WEEK) for span in found) else found


def _read_spans(layer: Table) -> Iterator[Span]:
    for restriction in layer.tables("restrictions"):
        length = timedelta(seconds=restriction.number("duration_seconds") or 0)
        start = _clock(restriction.text("start_time_of_day") or "")
        day = restriction.number("start_day_of_week")
        weekly = restriction.text("type") == "weekly_restriction"
        if start is None or not length or (weekly and day not in range(1, 8)):
            restriction.say(Outcome.LEFT, "cannot be read: the layer counts without this restriction")
        else:
            yield Span((day or 1) - 1 if weekly else None, start, length)


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(second=0, tzinfo=None)
    except ValueError:
        return None


def _override(override: Table, name: str, zone: str, level: int, parts: RosterParts) -> Turns | None:
    start, until = _time(override, "start", zone), _time(override, "end", zone)
    user = override.table("user")
    if start is None or until is None or user is None:
        override.say(Outcome.LEFT, "is no override: it has no user, no start or no end")
        return None
    return once(name, [parts.stand_in(user.text("id") or "", override)], start, until, zone, level)


def _time(table: Table, key: str, zone: str) -> datetime | None:
    text = table.text(key)
    if not text:
        return None
    found = wall_time(text, zone)
    if found is None:
        table.say(Outcome.LEFT, f"{text!r} is no time", key)
    return found
