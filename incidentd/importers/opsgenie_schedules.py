"""Rotations and overrides of an Opsgenie schedule as turns.

Rotations do not cover each other: where two have somebody, both are on call. An override covers them. A rotation counts
hours, days or weeks from `startDate` on the clock of the schedule's zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time, timedelta

from incidentd.importers.report import Outcome
from incidentd.importers.roster_parts import RosterParts
from incidentd.importers.shift_layers import DAY, DAYS, WEEK, Span, Turns, once, turn_length, wall_time
from incidentd.importers.yaml_table import Table

_UNITS = {"hourly": timedelta(hours=1), "daily": DAY, "weekly": WEEK}
_MINUTES = 24 * 60


def schedule_turns(schedule: Table, overrides: Sequence[Table], parts: RosterParts) -> list[Turns]:
    """What the schedule says; a disabled one has nobody."""
    zone = parts.zone(schedule, "timezone")
    if not schedule.flag("enabled", True):
        schedule.say(Outcome.LEFT, "is disabled", "enabled")
        schedule.pass_over("rotations")
        return []
    if "rotations" not in schedule:
        schedule.say(Outcome.TO_DO, "has no rotations in the export: fetch schedules with expand=rotation")
    rotations = schedule.tables("rotations")
    found = [_rotation(one, zone, parts) for one in rotations]
    for number, override in enumerate(overrides, 1):
        found.append(_override(override, number, zone, len(rotations), parts))
    return [one for one in found if one is not None]


def _rotation(rotation: Table, zone: str, parts: RosterParts) -> Turns | None:
    name, kind = rotation.text("name") or "rotation", rotation.text("type") or ""
    start = wall_time(rotation.text("startDate") or "", zone)
    turn = _UNITS.get(kind, timedelta(0)) * min(rotation.number("length") or 1, 10**6)
    groups = tuple(_group(one, parts) for one in rotation.tables("participants"))
    if not rotation.flag("enabled", True) or start is None or turn_length(turn) is None or not groups:
        rotation.say(
            Outcome.LEFT, f"rotation {name!r} is disabled, has nobody, no start, or turns that are not possible"
        )
        return None
    end = rotation.text("endDate")
    until = wall_time(end, zone) if end else None
    if end and until is None:
        rotation.say(Outcome.LEFT, f"{end!r} is no time", "endDate")
    if until is not None and until <= start:
        rotation.say(Outcome.LEFT, f"rotation {name!r} ends before it starts", "endDate")
        return None
    spans = _spans(rotation)
    return Turns(name=name, groups=groups, start=start, zone=zone, turn=turn, until=until, spans=spans)


def _group(participant: Table, parts: RosterParts) -> tuple[str, ...]:
    """Who has the turn: a user, everybody in a team, or nobody."""
    kind, key = participant.text("type") or "user", participant.text("id") or ""
    if kind == "user":
        return (parts.stand_in(key, participant),)
    if kind == "team" and key in parts.teams.names:
        name = parts.teams.names[key]
        members: list[str] = parts.teams.tables[name]["members"]
        participant.say(Outcome.CHANGED, f"has those who are in team {name} now")
        return tuple(members) or (parts.nobody(),)
    if kind != "none":
        participant.say(Outcome.LEFT, f"the {kind} {key!r} cannot have a turn: it is nobody's")
    return (parts.nobody(),)


# ---------------------------------------------------------------------- hours
def _spans(rotation: Table) -> tuple[Span, ...]:
    """When the rotation counts; none when it always does."""
    restriction = rotation.table("timeRestriction")
    if restriction is None:
        return ()
    weekly = restriction.text("type") == "weekday-and-time-of-day"
    given = restriction.tables("restrictions") if weekly else []
    if not weekly and (one := restriction.table("restriction")) is not None:
        given = [one]
    found = tuple(_read_spans(given, weekly))
    return () if any(span.length >= (WEEK if weekly else DAY) for span in found) else found


def _read_spans(given: Sequence[Table], weekly: bool) -> Iterator[Span]:
    for one in given:
        start, end = _minutes(one, "start"), _minutes(one, "end")
        if start is None or end is None:
            one.say(Outcome.LEFT, "cannot be read: the rotation counts without this restriction")
            continue
        clock, length = time(*divmod(start % _MINUTES, 60)), end - start
        if not weekly:
            yield Span(None, clock, timedelta(minutes=length % _MINUTES or _MINUTES))
            continue
        first, last = (one.text("startDay") or "").lower(), (one.text("endDay") or "").lower()
        if first not in DAYS or last not in DAYS:
            one.say(Outcome.LEFT, "names no days: the rotation counts without this restriction")
            continue
        length += (DAYS.index(last) - DAYS.index(first)) * _MINUTES
        yield Span(DAYS.index(first), clock, timedelta(minutes=length % (7 * _MINUTES) or 7 * _MINUTES))


def _minutes(table: Table, side: str) -> int | None:
    hour, minute = table.number(f"{side}Hour"), table.number(f"{side}Min") or 0
    return None if hour is None or hour > 24 or minute > 59 else hour * 60 + minute


# ---------------------------------------------------------------------- overrides
def _override(override: Table, number: int, zone: str, rotations: int, parts: RosterParts) -> Turns | None:
    start, until = (wall_time(override.text(key) or "", zone) for key in ("startDate", "endDate"))
    user = override.table("user")
    if start is None or until is None or user is None:
        override.say(Outcome.LEFT, "is no override: it has no user, no start or no end")
        return None
    named = len(override.tables("rotations"))
    if named and named < rotations:
        override.say(Outcome.CHANGED, "is for some rotations only: here it covers the whole schedule", "rotations")
    return once(f"override-{number}", _group(user, parts), start, until, zone, number)
