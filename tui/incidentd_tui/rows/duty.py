"""Rows of who is on call now: the viewer, each schedule, everybody. A row is ("own" | "shift" | .., number)."""

from __future__ import annotations

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import requests, rests

Key = tuple[str, int]
REQUESTS, REST = 3, 4
"""The numbers of their heads."""


def waiting(model: Model) -> int:
    """How much of duty waits for the viewer's answer: requests, and rest that is offered."""
    return sum(requests.waits_for(one, model.me) for one in model.requests) + sum(map(rests.is_offered, model.rests))


def keys(model: Model) -> list[Key]:
    own: list[Key] = [("own", number) for number in range(max(len(model.own_shifts), 1))] if model.me else []
    rows: list[Key] = [*own, *([("gap", 0)] if own else [])]
    if model.rests:
        rows += [("head", REST), *(("rest", one.id) for one in model.rests), ("gap", REST)]
    if model.requests:
        rows += [("head", REQUESTS), *(("asked", one.id) for one in requests.by_urgency(model)), ("gap", REQUESTS)]
    rows.append(("head", 0))
    rows += [("shift", number) for number in range(len(model.on_call))]
    rows += [("gap", 1), ("head", 1), *(("person", number) for number in range(len(model.people)))]
    if model.roster_problems:
        rows += [("gap", 2), ("head", 2), *(("problem", number) for number in range(len(model.roster_problems)))]
    return rows


def row(model: Model, key: Key, width: int) -> list[paint.Line]:
    name, number = key
    if name == "gap":
        return [[]]
    if name == "head":
        return [_head(model, number, width)]
    if name == "own":
        return [_own(model, number, width)]
    if name == "asked":
        request = model.request(number)
        return requests.brief(model, request, width) if request else [[]]
    if name == "rest":
        return next((rests.brief(model, one, width) for one in model.rests if one.id == number), [[]])
    if name == "shift":
        return _shift(model, model.on_call[number], width) if number < len(model.on_call) else [[]]
    if name == "person":
        people = sorted(model.people.values(), key=lambda one: one.handle)
        return [_person(model, people[number], width)] if number < len(people) else [[]]
    texts = paint.wrap(model.roster_problems[number], width - 2) if number < len(model.roster_problems) else [""]
    return [[("▲ " if not index else "  ", theme.warning), (text, theme.plain)] for index, text in enumerate(texts)]


def _head(model: Model, number: int, width: int) -> paint.Line:
    now = model.now()
    if number == 0:
        zone = phrases.zone_mark(now, model.zone).strip()
        at = now.astimezone(model.zone).strftime("%a %d %b %H:%M")
        return [
            (paint.fit("SCHEDULE", _name_width(model, width) + 1), theme.heading),
            ("NOW", theme.heading),
            (f"   {at} {zone}", theme.faint),
        ]
    if number == 1:
        return [("PEOPLE", theme.heading), (f"  {len(model.people)}", theme.faint)]
    if number == 2:
        return [("ROSTER PROBLEMS", theme.heading)]
    if number == REST:
        left = sum(map(rests.is_offered, model.rests))
        return [("REST", theme.heading), *_answerable(left, "is offered after a heavy shift", "taken")]
    left = sum(requests.waits_for(one, model.me) for one in model.requests)
    return [
        ("REQUESTS", theme.heading),
        *_answerable(left, f"{left} waiting for your answer", "none waits for your answer"),
    ]


def _answerable(left: int, told: str, otherwise: str) -> paint.Line:
    """What is said of a head with the keys that answer, while anything is left to answer."""
    if not left:
        return [(f"  {otherwise}", theme.faint)]
    keys: paint.Line = [("Y", theme.key), (" accepts, ", theme.faint), ("N", theme.key), (" declines", theme.faint)]
    return [(f"  {told}: ", theme.warning), *keys]


def _own(model: Model, number: int, width: int) -> paint.Line:
    """When the viewer is on: under way until when, or from when on and how long until then."""
    line: paint.Line = [(paint.fit("YOU" if number == 0 else "", _name_width(model, width) + 1), theme.heading)]
    if number >= len(model.own_shifts):
        return [*line, ("no shift of yours lies ahead", theme.muted)]
    shift, now = model.own_shifts[number], model.now()
    when = phrases.day_hour
    if shift.starts_at <= now:
        until = f"  until {when(shift.ends_at, now, model.zone)}"
        return [*line, ("● on call  ", theme.success), (shift.schedule, theme.bold), (until, theme.muted)]
    begin = f"  from {when(shift.starts_at, now, model.zone)}, in {phrases.rest(shift.starts_at, now)}"
    length = f", for {phrases.span(shift.ends_at - shift.starts_at)}"
    return [*line, ("○ next  ", theme.primary), (shift.schedule, theme.bold), (begin + length, theme.muted)]


def _shift(model: Model, shift: wire.OnCall, width: int) -> list[paint.Line]:
    mine = bool(model.me) and shift.person == model.me
    who = f"{shift.person} (you)" if mine else shift.person or "▲ nobody"
    style = theme.chip if mine else theme.plain if shift.person else theme.warning
    name, shown = _name_width(model, width), min(len(who) + 1, 14)
    now, zone = model.now(), model.zone
    line: paint.Line = [
        (paint.fit(shift.schedule, name) + " ", theme.bold),
        (paint.crop(who, 14), style),
        (" " * (15 - shown), theme.plain),
    ]
    if shift.until is not None:
        line.append((f"until {phrases.day_hour(shift.until, now, zone):<10} ", theme.muted))
    if shift.next_person:
        later = shift.next_at is not None and shift.next_at != shift.until
        at = f" {phrases.day_hour(shift.next_at, now, zone)}" if later and shift.next_at else ""
        line.append((f"then {shift.next_person}{at}  ", theme.muted))
    if shift.policies:
        line.append(("for " + ", ".join(shift.policies), theme.faint))
    # A warning goes on from the name: "was paged in their sleep hours ..."
    told = [text for one in shift.warnings for text in paint.wrap(f"▲ {shift.person} {one}", width - 2, 3)]
    return [line, *([("  " + text, theme.warning)] for text in told)]


def _name_width(model: Model, width: int) -> int:
    """Room for the longest name of a schedule, as far as there is some."""
    longest = max((len(one.schedule) for one in model.on_call), default=0)
    return min(max(longest, 13), 24 if width >= 100 else 18 if width >= 76 else 13)


def _person(model: Model, person: wire.Person, width: int) -> paint.Line:
    mine = bool(model.me) and person.handle == model.me
    line: paint.Line = [
        (paint.fit(person.handle, 13) + " ", theme.bold if mine else theme.plain),
        (paint.fit(person.name, 20) + " ", theme.muted),
        (paint.fit(person.zone, 16) + " ", theme.faint),
    ]
    if person.contacts:
        line.append((", ".join(person.contacts), theme.muted))
    else:
        line.append(("▲ no way to reach them", theme.warning))
    if person.on_call_for:
        line.append(("  ☎ " + ", ".join(person.on_call_for), theme.success))
    return line
