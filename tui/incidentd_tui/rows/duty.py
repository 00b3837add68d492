"""Rows of the On-call screen: who carries the pager, then everybody. A row is ("shift" | "person" | "head", number)."""

from __future__ import annotations

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model

Key = tuple[str, int]


def keys(model: Model) -> list[Key]:
    rows: list[Key] = [("head", 0), *(("shift", number) for number in range(len(model.on_call)))]
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
        return [(paint.fit("SCHEDULE", 14), theme.heading), ("NOW", theme.heading), (f"   {at} {zone}", theme.faint)]
    if number == 1:
        return [("PEOPLE", theme.heading), (f"  {len(model.people)}", theme.faint)]
    return [("ROSTER PROBLEMS", theme.heading)]


def _shift(model: Model, shift: wire.OnCall, width: int) -> list[paint.Line]:
    mine = bool(model.me) and shift.person == model.me
    who = f"{shift.person} (you)" if mine else shift.person or "▲ nobody"
    style = theme.chip if mine else theme.plain if shift.person else theme.warning
    shown = min(len(who) + 1, 18)
    line: paint.Line = [
        (paint.fit(shift.schedule, 13) + " ", theme.bold),
        (paint.crop(who, 18), style),
        (" " * (19 - shown), theme.plain),
    ]
    if shift.until is not None:
        line.append((f"until {phrases.day_hour(shift.until, model.now(), model.zone):<10} ", theme.muted))
    if shift.next_person:
        line.append((f"then {shift.next_person}  ", theme.muted))
    if shift.policies:
        line.append(("for " + ", ".join(shift.policies), theme.faint))
    return [line]


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
