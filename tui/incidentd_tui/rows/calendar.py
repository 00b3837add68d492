"""The calendar of duty by week and by month: a schedule in two lines, a day in a column, and one day in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.style import Style

from incidentd.wire import duty as wire_duty
from incidentd_tui import calendar, paint, phrases, theme
from incidentd_tui.calendar import DAY, Part, Sign
from incidentd_tui.model import Model

_BAND = Style(bgcolor=theme.RAISED)
"""The column of the chosen day."""
SEVERAL = 1.4
"""With more turns a day than these, a month has no room for a bar a turn."""
LEGEND = "▲ gap ‼ twice ✗ no contact ◆ holiday ↷ override ⇄ swap ? offered ○ absent"


def name_width(width: int) -> int:
    return 18 if width >= 90 else 15 if width >= 76 else 12


def _days_width(width: int, days: int) -> int:
    """Cells of one day."""
    return max((width - name_width(width)) // days, 1)


def today(model: Model) -> date:
    """The day of the viewer's zone."""
    return model.now().astimezone(model.zone).date()


# ---------------------------------------------------------------------- heads
def week_head(model: Model, day: date, width: int) -> paint.Line:
    """The days of the week: ▸ before the chosen one, ● after today."""
    monday, cell = calendar.week_of(day), _days_width(width, 7)
    line: paint.Line = [(" " + paint.fit(f"week {monday:%V}", name_width(width)), theme.heading)]
    for number in range(7):
        one = monday + number * DAY
        before, after = "▸" if one == day else "", "●" if one == today(model) else ""
        text = f"{before}{one:%a} {one.day}{after}"
        if len(text) > cell - 1:
            text = f"{before}{one.day}{after}"
        style = theme.tab_here if one == day else theme.bold if one == today(model) else theme.heading
        line += [(paint.fit(text, cell - 1), style), (" ", theme.plain)]
    return line


def month_head(model: Model, day: date, width: int) -> paint.Line:
    """The days of the month: the number of each Monday, S for the weekend, ● today, ▾ the chosen one."""
    days = calendar.month_days(day)
    cell = _days_width(width, 31)
    line: paint.Line = [(" " + paint.fit(f"{day:%b %Y}", name_width(width)), theme.heading)]
    for one in days:
        mark = str(one.day) if one.weekday() == 0 else "S" if one.weekday() >= 5 else "·"
        text = "▾" if one == day else "●" if one == today(model) else mark
        style = theme.tab_here if one == day else theme.bold if one == today(model) else theme.heading
        line.append((paint.fit(text, cell), style))
    return line


# ---------------------------------------------------------------------- a schedule in a week
def week_row(
    model: Model, found: wire_duty.Schedules, one: wire_duty.Schedule, day: date, width: int
) -> list[paint.Line]:
    """Who has it on each day, and below that what is to know: the worst first."""
    monday, cell = calendar.week_of(day), _days_width(width, 7)
    first: paint.Line = [(paint.fit(one.name, name_width(width) - 1) + " ", theme.bold)]
    second: paint.Line = [(paint.fit(one.zone, name_width(width) - 1) + " ", theme.faint)]
    for number in range(7):
        span = calendar.day_span(monday + number * DAY, model.zone)
        held = calendar.parts(one, span)
        told = calendar.signs(model, found, one, span)
        band = _BAND if monday + number * DAY == day else Style.null()
        below = _below(model, held, told, cell - 1)
        for line, (text, style) in ((first, _holders(model, held, cell - 1)), (second, below)):
            line += [(paint.fit(text, cell - 1), style + band), (" ", band)]
    return [first, second]


def _holders(model: Model, held: Sequence[Part], width: int) -> paint.Span:
    """Everybody who has it on a day, in order: ada›lin; "you" for the viewer."""
    if not held:
        return ("", theme.plain)
    names: list[str] = []
    for one in held:
        name = (shown_name(model, one.person) or "▲") if len(held) > 1 else shown_name(model, one.person)
        if not names or names[-1] != name:
            names.append(name)
    if names == [""]:
        return ("▲ nobody" if width >= 8 else "▲ none" if width >= 6 else "▲", theme.warning)
    mine = any(one.person == model.me for one in held) and bool(model.me)
    empty = not any(one.person for one in held)
    return ("›".join(names), theme.chip if mine else theme.warning if empty else theme.plain)


def shown_name(model: Model, person: str) -> str:
    return "you" if person and person == model.me else person


def _below(model: Model, held: Sequence[Part], told: Sequence[Sign], width: int) -> paint.Span:
    """The mark of every sign and the word of the worst; without one the hour of a handover, and how many more."""
    if told:
        marks = "".join(dict.fromkeys(sign.mark for sign in told))[:3]
        text = f"{marks} {told[0].word}"
        shown = text if len(text) <= width else text.rpartition(" ")[0]
        return (shown, theme.warning if told[0].bad else theme.primary)
    turns = [phrases.hour(one.starts_at, model.zone) for one in held[1:]]
    if not turns:
        return ("", theme.muted)
    return (turns[0] + (f" +{len(turns) - 1}" if len(turns) > 1 else ""), theme.muted)


# ---------------------------------------------------------------------- a schedule in a month
def month_row(
    model: Model, found: wire_duty.Schedules, one: wire_duty.Schedule, day: date, width: int
) -> list[paint.Line]:
    """A bar a month long, a turn from its │ on; below it the worst sign of each day."""
    days, cell = calendar.month_days(day), _days_width(width, 31)
    span = calendar.day_span(days[0], model.zone, len(days))

    def column(at: datetime) -> int:
        there = at.astimezone(model.zone)
        gone = (there.date() - days[0]).days + (there.hour * 60 + there.minute) / 1440
        return round(gone * cell) if at < span.ends_at else len(days) * cell

    first: paint.Line = [(paint.fit(one.name, name_width(width) - 1) + " ", theme.bold)]
    held = calendar.parts(one, span)
    if len(held) > SEVERAL * len(days):
        first += [_in_short(model, one, day_, cell) for day_ in days]
    else:
        at = 0
        for part in held:
            end = column(part.ends_at)
            first.append((_bar(model, part, end - at), _bar_style(model, part)))
            at = max(at, end)
    marks = _month_marks(model, found, one, days, cell)
    second: paint.Line = [(paint.fit(one.zone, name_width(width) - 1) + " ", theme.faint), *marks]
    return [_banded(first, name_width(width) + (day.day - 1) * cell, cell), second]


def _bar(model: Model, part: Part, size: int) -> str:
    """One turn in `size` cells: its begin, the name, and a line until its end."""
    if size <= 0:
        return ""
    name = shown_name(model, part.person) or "▲ nobody"
    fill = "─" if part.person else "▲"
    if size <= 2:
        return paint.fit(name if part.person else "▲▲", size + 1)[:size]
    if not part.person and size < len(name) + 1:
        return "│" + fill * (size - 1)
    shown = paint.crop(name, size - 1)
    return "│" + shown + fill * (size - 1 - paint.width_of([(shown, Style.null())]))


def _in_short(model: Model, one: wire_duty.Schedule, day: date, cell: int) -> paint.Span:
    """A day of a schedule that changes hands too often for a bar: the viewer, the only holder, or how many turns."""
    held = calendar.parts(one, calendar.day_span(day, model.zone))
    people = {part.person for part in held}
    if model.me and model.me in people:
        return (paint.fit("you", cell) if cell > 3 else "yo".ljust(cell), theme.chip)
    if len(people) == 1:
        return ((people.pop() or "▲▲")[: cell - 1].ljust(cell), theme.plain if people else theme.warning)
    return (f"{len(held)}×".ljust(cell), theme.plain)


def _bar_style(model: Model, part: Part) -> Style:
    if not part.person:
        return theme.warning
    return theme.chip if part.person == model.me else theme.plain


def _month_marks(
    model: Model, found: wire_duty.Schedules, one: wire_duty.Schedule, days: Sequence[date], cell: int
) -> paint.Line:
    marks: paint.Line = []
    for day in days:
        told = calendar.signs(model, found, one, calendar.day_span(day, model.zone))
        style = theme.warning if told and told[0].bad else theme.primary
        marks.append((paint.fit(told[0].mark if told else "", cell), style))
    return marks


def _banded(line: paint.Line, begin: int, size: int) -> paint.Line:
    """`line` with the ground of the chosen day from `begin` on, `size` cells wide; every character is one cell."""
    out: paint.Line = []
    at = 0
    for text, style in line:
        low, high = (min(max(edge - at, 0), len(text)) for edge in (begin, begin + size))
        out += [(text[:low], style), (text[low:high], style + _BAND), (text[high:], style)]
        at += len(text)
    return [span for span in out if span[0]]


# ---------------------------------------------------------------------- a day in words
def day_lines(
    model: Model, found: wire_duty.Schedules, one: wire_duty.Schedule, day: date, width: int
) -> list[paint.Line]:
    """One schedule on one day: who from when until when, on whose clocks, and every sign as a sentence."""
    span = calendar.day_span(day, model.zone)
    title: paint.Line = [(one.name, theme.bold), (f"  {day:%a %d %b %Y}", theme.plain)]
    if day == today(model):
        title.append(("  ● today", theme.success))
    lines: list[paint.Line] = [title]
    lines += [part_line(model, part) for part in calendar.parts(one, span)]
    for sign in calendar.signs(model, found, one, span):
        style = theme.warning if sign.bad else theme.primary
        lines += [
            [(f"{sign.mark} " if not index else "  ", style), (text, theme.plain)]
            for index, text in enumerate(paint.wrap(sign.text, width - 2, 3))
        ]
    return lines


def part_line(model: Model, part: Part) -> paint.Line:
    """09:00–17:00 lin, and what their own clocks show then when these differ."""
    until = calendar.clock_at(part.ends_at, model.zone, ends=True)
    clocks = f"{phrases.hour(part.starts_at, model.zone)}–{until}"
    who = shown_name(model, part.person) or "▲ nobody"
    style = theme.chip if part.person and part.person == model.me else theme.plain if part.person else theme.warning
    line: paint.Line = [(f"{clocks}  ", theme.muted), (who, style)]
    if theirs := their_clocks(model, part):
        line.append((f"  {theirs}", theme.faint))
    if part.shadows:
        line.append((f"  {', '.join(part.shadows)} beside", theme.muted))
    return line


def their_clocks(model: Model, part: Part) -> str:
    """What the clocks of the person show, "" when they are those of the viewer, or over a day and more."""
    person = model.people.get(part.person)
    if person is None or part.ends_at - part.starts_at >= DAY:
        return ""
    try:
        zone = ZoneInfo(str(person.zone))
    except (ZoneInfoNotFoundError, ValueError):
        return ""
    if _same_clocks(part.starts_at, zone, model) and _same_clocks(part.ends_at, zone, model):
        return ""
    there = calendar.clock_at(part.ends_at, zone, ends=True)
    return f"{phrases.hour(part.starts_at, zone)}–{there} in {person.zone.rpartition('/')[2].replace('_', ' ')}"


def _same_clocks(at: datetime, zone: ZoneInfo, model: Model) -> bool:
    return at.astimezone(zone).utcoffset() == at.astimezone(model.zone).utcoffset()


# ---------------------------------------------------------------------- choosing
Painter = Callable[[Model, wire_duty.Schedules, wire_duty.Schedule, date, int], list[paint.Line]]


def by_team(model: Model, schedules: Sequence[wire_duty.Schedule]) -> dict[str, list[wire_duty.Schedule]]:
    """Schedules under the team that they are for, by name; those of no team at the end."""
    teams: dict[str, list[wire_duty.Schedule]] = {}
    for one in sorted(schedules, key=lambda one: one.name):
        teams.setdefault(calendar.team_of(model, one), []).append(one)
    return {team: teams[team] for team in sorted(teams, key=lambda team: (not team, team))}


def loads(view: str, day: date) -> tuple[date, date]:
    """The first and the last day (exclusive) that `view` shows when `day` is chosen."""
    if view == "month":
        days = calendar.month_days(day)
        return days[0], days[-1] + DAY
    if view == "mine":
        return day, day + timedelta(weeks=10)
    return calendar.week_of(day), calendar.week_of(day) + calendar.WEEK
