"""On-call shifts of Grafana OnCall as turns.

A shift is an event of RFC 5545: it begins at `start`, lasts `duration`, and comes again by `frequency`, `interval` and
`by_day` on the wall clock of its zone. Without a zone of its own that is UTC for what was made in the UI, else the
schedule's. `rolling_users` take the events in turn: each group has those of one interval.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.importers.report import Outcome
from incidentd.importers.roster_parts import RosterParts
from incidentd.importers.shift_layers import DAY, WEEK, Span, Turns, once, wall_time
from incidentd.importers.yaml_table import Table

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = {"hourly": timedelta(hours=1), "daily": DAY, "weekly": WEEK}
_OF_SHIFTS = frozenset({"id", "team_id", "schedule", "rotation_start"})
_OVERRIDES = 1_000_000  # above every level
_MOST_TURNS = 1000
_MINUTE = timedelta(minutes=1)
_Groups = tuple[tuple[str, ...], ...]


class _Shift(msgspec.Struct, frozen=True):
    """What the export says of a shift, read."""

    table: Table
    name: str
    groups: _Groups
    start: datetime
    length: timedelta
    interval: int
    days: tuple[int, ...]  # 0 is Monday; none: that of the start
    week_start: int
    zone: str
    until: datetime | None
    level: int

    def turns(self, groups: _Groups, turn: timedelta, spans: Sequence[Span], handover_day: int | None = None) -> Turns:
        return Turns(
            name=self.name, groups=groups, start=self.start, zone=self.zone, turn=turn, handover_day=handover_day,
            until=self.until, spans=tuple(spans), level=self.level,
        )  # fmt: skip


def shift_turns(table: Table, zone: str, web: bool, parts: RosterParts) -> list[Turns]:
    """What one shift of a schedule in `zone` says; none after a word in the report. `web`: made in the UI."""
    if web or table.text("type") == "override":
        zone = "UTC"
    shift, frequency = _read(table, zone, parts), table.text("frequency")
    if shift is None:
        return []
    if table.text("type") in ("single_event", "override") or frequency is None:
        return [once(shift.name, shift.groups[0], shift.start, shift.start + shift.length, shift.zone, shift.level)]
    for key in ("by_month", "by_monthday"):
        if key in table.unread():
            table.say(Outcome.LEFT, f"the shift {shift.name!r} comes by days of the month or months", key)
            return []
    unit = _FREQUENCIES.get(frequency)
    if unit is None:
        table.say(
            Outcome.LEFT, f"the shift {shift.name!r} comes {frequency}: turns are hours, days or weeks", "frequency"
        )
        return []
    if shift.until is not None and shift.until <= shift.start:
        return []
    parts.leave_rest(table, _OF_SHIFTS)
    shift = _moved(shift, wall_time(table.text("rotation_start") or "", "UTC"), unit, web)
    return [_RULES[frequency](shift, parts)]


def _read(table: Table, zone: str, parts: RosterParts) -> _Shift | None:
    zone = parts.zone(table, "time_zone") if "time_zone" in table else zone
    start = wall_time(table.text("start") or "", "UTC")  # a naive time: the clock of the shift's own zone
    length = timedelta(seconds=min(table.number("duration") or 0, 10**9))
    name = table.text("name") or table.text("id") or "shift"
    groups = _groups(table, parts)
    if start is None or not length or not groups:
        why = "nobody is in it" if not groups else "it has no start or no duration"
        table.say(Outcome.LEFT, f"the shift {name!r}: {why}")
        return None
    until = table.text("until")
    return _Shift(
        table=table, name=name, groups=groups, start=start, length=length, interval=table.number("interval") or 1,
        days=tuple(sorted(_DAYS.index(day) for day in table.texts("by_day") if day in _DAYS)),
        week_start=_DAYS.index(text) if (text := table.text("week_start")) in _DAYS else 6,
        zone=zone, until=wall_time(until, zone) if until else None,
        level=_OVERRIDES if table.text("type") == "override" else table.number("level") or 0,
    )  # fmt: skip


def _groups(table: Table, parts: RosterParts) -> _Groups:
    if table.text("type") != "rolling_users":
        group = [parts.stand_in(key, table) for key in table.texts("users")]
        return (tuple(group),) if group else ()
    found = [tuple(parts.stand_in(key, table) for key in keys) for keys in table.lists("rolling_users") if keys]
    first = (table.number("start_rotation_from_user_index") or 0) % max(len(found), 1)
    return tuple(found[first:] + found[:first])


def _moved(shift: _Shift, rotation_start: datetime | None, unit: timedelta, web: bool) -> _Shift:
    """A rotation of hours or days that begins after `start`: its first event from then on is the first group's.

    OnCall looks for it for a month; a rotation that was moved farther, and one of weeks, counts from `start`.
    """
    if rotation_start is None or unit == WEEK:
        return shift
    due = rotation_start - shift.length + _MINUTE if web else rotation_start
    event, last = shift.start, shift.start + monthrange(shift.start.year, shift.start.month)[1] * DAY
    while event < due or (shift.days and event.weekday() not in shift.days):
        event += unit * shift.interval
        if event > last:
            return shift
    return msgspec.structs.replace(shift, start=event)


# ---------------------------------------------------------------------- by frequency
def _hourly(shift: _Shift, parts: RosterParts) -> Turns:
    hours = timedelta(hours=shift.interval)
    if shift.length != hours:
        _whole(shift, hours)
    spans = [Span(day, datetime.min.time(), DAY) for day in shift.days]
    return shift.turns(shift.groups, hours, spans)


def _daily(shift: _Shift, parts: RosterParts) -> Turns:
    if shift.days:
        return _some_days(shift, parts)
    if shift.length >= DAY:
        if shift.length != DAY * shift.interval:
            _whole(shift, DAY * shift.interval)
        return shift.turns(shift.groups, DAY * shift.interval, ())
    return shift.turns(_spaced(shift, parts), DAY, [Span(None, shift.start.time(), shift.length)])


def _some_days(shift: _Shift, parts: RosterParts) -> Turns:
    """The next group has the next of the days: turns of one day, in which those that do not count are anybody's."""
    shift = _on_a_day(shift)
    cycle = math.lcm(len(shift.groups) * shift.interval, len(shift.days))
    weeks = cycle // len(shift.days)
    if weeks * 7 > _MOST_TURNS:
        shift.table.say(Outcome.CHANGED, "has too many turns: the groups change by the week")
        return shift.turns(shift.groups, WEEK, _spans(shift))
    groups: list[tuple[str, ...]] = []
    events = 0
    for day in range(weeks * 7):
        groups.append(shift.groups[(events // shift.interval) % len(shift.groups)])
        events += (shift.start.weekday() + day) % 7 in shift.days
    return shift.turns(tuple(groups), DAY, _spans(shift))


def _weekly(shift: _Shift, parts: RosterParts) -> Turns:
    shift = _on_a_day(shift)
    several = len(shift.days) > 1
    whole = shift.interval * WEEK
    if not several and shift.length >= WEEK:
        if shift.length != whole:
            _whole(shift, whole)
        return shift.turns(shift.groups, whole, ())
    if several and shift.length > DAY:
        shift.table.say(Outcome.CHANGED, f"the shift {shift.name!r} lasts longer than a day: turns end with the week")
    days = shift.days or (shift.start.weekday(),)
    spans = [Span(day, shift.start.time(), min(shift.length, WEEK)) for day in days]
    return shift.turns(_spaced(shift, parts), WEEK, spans, shift.week_start if several else None)


_RULES = {"hourly": _hourly, "daily": _daily, "weekly": _weekly}


def _on_a_day(shift: _Shift) -> _Shift:
    """The shift from its first day on: the first of its days in the week, when it starts on none of them."""
    if not shift.days or shift.start.weekday() in shift.days:
        return shift
    first = min(shift.days, key=lambda day: (day - shift.week_start) % 7)
    later = (first - shift.start.weekday()) % 7
    return msgspec.structs.replace(shift, start=shift.start + later * DAY)


def _spans(shift: _Shift) -> list[Span]:
    return [Span(day, shift.start.time(), min(shift.length, DAY)) for day in shift.days]


def _spaced(shift: _Shift, parts: RosterParts) -> _Groups:
    """Each group, and nobody until the interval is over: an event comes once in it."""
    if shift.interval == 1:
        return shift.groups
    if shift.interval * len(shift.groups) > _MOST_TURNS:
        shift.table.say(
            Outcome.CHANGED, f"the shift {shift.name!r} comes every {shift.interval} times: here every time"
        )
        return shift.groups
    free = ((parts.nobody(),),) * (shift.interval - 1)
    return tuple(one for group in shift.groups for one in (group, *free))


def _whole(shift: _Shift, turn: timedelta) -> None:
    what = f"each event of {shift.name!r} lasts {shift.length}: here a turn lasts as long as its interval, {turn}"
    shift.table.say(Outcome.CHANGED, what)
