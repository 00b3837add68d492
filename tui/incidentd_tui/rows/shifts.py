"""Shifts as a list: one schedule in full, and the viewer's own ones with the changes that concern them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from incidentd.wire import duty as wire_duty
from incidentd_tui import calendar, paint, phrases, theme
from incidentd_tui.calendar import Part, Span
from incidentd_tui.model import Model
from incidentd_tui.rows import calendar as days

Change = wire_duty.Override | wire_duty.Swap | wire_duty.Absence
_WORDS = {wire_duty.Override: ("↷", "override"), wire_duty.Swap: ("⇄", "swap"), wire_duty.Absence: ("○", "absence")}
_SOURCES = {"layer": "", "override": "↷ ", "swap": "⇄ ", "absence": "○ "}


def date_hour(at: datetime, model: Model) -> str:
    """Mon 16 Mar 09:00 in the viewer's zone."""
    return f"{at.astimezone(model.zone):%a %d %b %H:%M}"


def span_text(model: Model, begin: datetime, end: datetime) -> str:
    """Mon 16 Mar 09:00 – 17:00, the end with its day when it is another one."""
    low, high = begin.astimezone(model.zone), end.astimezone(model.zone)
    until = f"{high:%H:%M}" if low.date() == high.date() else date_hour(end, model)
    return f"{date_hour(begin, model)} – {until}"


def warning_text(model: Model, warning: wire_duty.DutyWarning) -> str:
    """Its sentence with the times of the viewer's zone in place of those in UTC."""
    what = warning.text.rpartition(" from ")[0] or warning.text
    return f"{what.rstrip(',')}: {span_text(model, warning.starts_at, warning.ends_at)}"


def row(model: Model, schedule: str, part: Part, width: int, *, mine: bool = False) -> paint.Line:
    """From when until when, who (in a list of one's own shifts: which schedule), on whose clocks, and why."""
    now = part.starts_at <= model.now() < part.ends_at
    me = bool(part.person) and part.person == model.me
    who = schedule if mine else days.shown_name(model, part.person) or "▲ nobody"
    style = theme.warning if not part.person else theme.chip if me and not mine else theme.bold
    line: paint.Line = [
        ("● " if now else "  ", theme.success),
        (f"{span_text(model, part.starts_at, part.ends_at):<35} ", theme.plain),
        (f"{phrases.span(part.ends_at - part.starts_at):>7}  ", theme.muted),
        (paint.fit(who, 18) + " ", style),
    ]
    if part.source != f"layer:{schedule}":
        line.append((_why(part) + "  ", theme.muted))
    if not mine and width >= 90 and (theirs := days.their_clocks(model, part)):
        line.append((theirs, theme.faint))
    return line


def _why(part: Part) -> str:
    kind, _, name = part.source.partition(":")
    instead = f" instead of {part.instead_of}" if part.instead_of else ""
    beside = f", {', '.join(part.shadows)} beside" if part.shadows else ""
    if not kind:
        return "gap: no layer has anybody"
    return f"{_SOURCES.get(kind, '')}{kind} {name}{instead}{beside}"


def change_title(change: Change) -> str:
    """override 3, swap 2 (proposed), absence 1."""
    state = f" ({change.state})" if isinstance(change, wire_duty.Swap) else ""
    return f"{_WORDS[type(change)][1]} {change.id}{state}"


def source_of(change: Change) -> str:
    """What a shift names as its source when this change decided it."""
    return f"{_WORDS[type(change)][1]}:{change.id}"


def sides(swap: wire_duty.Swap) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
    """What is given, and what is taken."""
    return (swap.starts_at, swap.ends_at), (swap.other_starts_at, swap.other_ends_at)


def change_lines(model: Model, change: Change, width: int) -> list[paint.Line]:
    """One change of the day: what it is, and a sentence; swaps that wait for the viewer stand out."""
    style = theme.chip if waits_for(change, model.me) else theme.bold
    title = f"{change_title(change)}  by {change.by}"
    answer = "  it waits for you" if waits_for(change, model.me) else ""
    head: paint.Line = [(f"{_WORDS[type(change)][0]} ", theme.primary), (title, style), (answer, theme.warning)]
    return [head, *([("  " + text, theme.plain)] for text in paint.wrap(_sentence(model, change), width - 2, 4))]


def _sentence(model: Model, change: Change) -> str:
    when = span_text(model, change.starts_at, change.ends_at)
    match change:
        case wire_duty.Override():
            who = f"{change.person} carries {change.schedule} {when}"
        case wire_duty.Swap():
            takes = span_text(model, change.other_starts_at, change.other_ends_at)
            who = f"{change.person} gives {change.schedule} {when} to {change.other} and takes {takes}"
        case _:
            who = f"{change.person} is away {when}, {change.stand_in or 'nobody'} stands in"
    return f"{who} — {change.reason}" if change.reason else who


def changes_of(found: wire_duty.Schedules, schedule: wire_duty.Schedule, now: datetime) -> list[Change]:
    """The changes that lie ahead of this schedule or are under way: absences of those that are in it, too."""
    chosen: list[Change] = [one for one in found.overrides if one.schedule == schedule.name]
    chosen += [one for one in found.swaps if one.schedule == schedule.name]
    holders = {*schedule.people, *(shift.person for shift in schedule.shifts)}
    chosen += [one for one in found.absences if one.person in holders]
    return sorted((one for one in chosen if _end(one) > now), key=lambda one: one.starts_at)


def my_changes(found: wire_duty.Schedules, me: str, now: datetime) -> list[Change]:
    """Swaps that wait for the viewer's answer first, then what else concerns them."""
    chosen: list[Change] = [one for one in found.swaps if me in (one.person, one.other)]
    chosen += [one for one in found.overrides if me in (one.person, one.by)]
    chosen += [one for one in found.absences if me in (one.person, one.stand_in)]
    return sorted((one for one in chosen if _end(one) > now), key=lambda one: (not waits_for(one, me), one.starts_at))


def waits_for(change: Change, me: str) -> bool:
    """Whether it is a swap that `me` may accept or decline."""
    return isinstance(change, wire_duty.Swap) and change.state == "proposed" and change.other == me


def _end(change: Change) -> datetime:
    return max(change.ends_at, change.other_ends_at) if isinstance(change, wire_duty.Swap) else change.ends_at


def mine(model: Model, schedules: Sequence[wire_duty.Schedule], span: Span) -> list[tuple[str, Part]]:
    """The viewer's shifts within `span`, by time."""
    found = [
        (one.name, part)
        for one in schedules
        for part in calendar.parts(one, span)
        if part.person and part.person == model.me
    ]
    return sorted(found, key=lambda pair: (pair[1].starts_at, pair[0]))
