"""Requests to take or swap a shift: one a row, one in full, and what of them is asked of the viewer."""

from __future__ import annotations

from incidentd.wire.requests import AskedPerson, ShiftRequest
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import calendar as days
from incidentd_tui.rows import shifts

VIEWS = (("asked", "Asked of me"), ("mine", "From me"), ("open", "Open"), ("all", "All"))
_MARKS = {
    "open": ("○", theme.warning),
    "accepted": ("✓", theme.success),
    "declined": ("✗", theme.danger),
    "cancelled": ("–", theme.muted),
    "expired": ("✗", theme.muted),
}


def asked_of(one: ShiftRequest, person: str) -> AskedPerson | None:
    """What is asked of `person`, None when nothing is."""
    return next((asked for asked in one.asked if person and asked.person == person), None)


def waits_for(one: ShiftRequest, person: str) -> bool:
    """Whether `person` may still answer it, and has not."""
    asked = asked_of(one, person)
    return one.state == "open" and asked is not None and not asked.declined


def is_from(one: ShiftRequest, person: str) -> bool:
    """Whether `person` may withdraw it."""
    return bool(person) and person in (one.person, one.by)


def by_urgency(model: Model) -> list[ShiftRequest]:
    """The open ones from or to the viewer: what waits for them first, then by when it begins."""
    return sorted(model.requests, key=lambda one: (not waits_for(one, model.me), one.starts_at, one.id))


def shown_in(view: str, one: ShiftRequest, me: str) -> bool:
    match view:
        case "asked":
            return waits_for(one, me)
        case "mine":
            return is_from(one, me)
        case "open":
            return one.state == "open"
    return True


# ------------------------------------------------------------------ in a sentence
def sentence(model: Model, one: ShiftRequest) -> str:
    """Who asks whom for what."""
    whom = ", ".join(days.shown_name(model, asked.person) for asked in one.asked)
    when = shifts.span_text(model, one.starts_at, one.ends_at)
    verb = "asks" if one.person != model.me else "ask"
    return f"{days.shown_name(model, one.person)} {verb} {whom} to {one.wants} {one.schedule} {when}"


def in_return(model: Model, one: ShiftRequest, person: str) -> str:
    """What `person` would give for it, "" for nothing."""
    asked = asked_of(one, person)
    if one.wants != "swap" or asked is None:
        return ""
    if asked.returns_from is None or asked.returns_until is None:
        return "no time in return was found: name one"
    return f"for {shifts.span_text(model, asked.returns_from, asked.returns_until)}"


def brief(model: Model, one: ShiftRequest, width: int) -> list[paint.Line]:
    """In a list of duty: what waits for the viewer stands out, what they ask says who has not answered."""
    tail = f" — {one.reason}" if one.reason else ""
    if waits_for(one, model.me):
        returns = in_return(model, one, model.me)
        when = shifts.span_text(model, one.starts_at, one.ends_at)
        told = f"{one.person} asks you to {one.wants} {one.schedule} {when}{f' {returns}' if returns else ''}{tail}"
        head: paint.Span = (f"▲ {one.name}  ", theme.warning)
        style = theme.bold
    else:
        left = ", ".join(asked.person for asked in one.asked if not asked.declined)
        told = f"{sentence(model, one)}{tail}; {left or 'nobody'} can still accept"
        head, style = (f"○ {one.name}  ", theme.primary), theme.plain
    indent = paint.width_of([head])
    texts = paint.wrap(told, width - indent, 3)
    return [[head if not at else (" " * indent, theme.plain), (text, style)] for at, text in enumerate(texts)]


# ------------------------------------------------------------------ a list
def header(width: int) -> paint.Line:
    return [(f" {'STATE':<12}{'ID':<6}{paint.fit('SCHEDULE', 16)}{'FROM':<10}{'WANTS':<6}TIME", theme.faint)]


def row(model: Model, one: ShiftRequest, width: int) -> paint.Line:
    """One row, `width` cells without the gutter of one."""
    mark, style = _MARKS.get(one.state, ("·", theme.muted))
    waits = waits_for(one, model.me)
    return [
        ("▲ answer   " if waits else f"{mark} {one.state:<9}", theme.warning if waits else style),
        (" ", theme.plain),
        (paint.fit(one.name, 5) + " ", theme.muted),
        (paint.fit(one.schedule, 15) + " ", theme.bold),
        (paint.fit(days.shown_name(model, one.person), 9) + " ", theme.plain),
        (paint.fit(one.wants, 5) + " ", theme.plain),
        (f"{shifts.date_hour(one.starts_at, model)}, {phrases.span(one.ends_at - one.starts_at)}", theme.muted),
    ]


def lines(model: Model, one: ShiftRequest, width: int) -> list[paint.Line]:
    """One in full: what is asked, what each one said, how it ended."""
    mark, style = _MARKS.get(one.state, ("·", theme.muted))
    found: list[paint.Line] = [
        [],
        [(f"{mark} {one.state}  ", style), (f"{one.name}  {one.schedule}", theme.bold)],
        *([(text, theme.plain)] for text in paint.wrap(sentence(model, one), width, 4)),
    ]
    if one.reason:
        found += [[(text, theme.muted)] for text in paint.wrap(f"because {one.reason}", width, 4)]
    if one.state == "open":
        until = phrases.day_hour(one.expires_at, model.now(), model.zone)
        found.append([(f"asked until {until}; the first who accepts has it", theme.muted)])
    if one.result:
        kind, _, number = one.result.partition(":")
        found.append([(f"made {kind} {number} of it, by {one.taken_via}", theme.success)])
    found += [[], [("ASKED", theme.heading), (f"  {len(one.asked)}", theme.faint)]]
    for asked in one.asked:
        found += _said(model, one, asked, width)
    return found


def _said(model: Model, one: ShiftRequest, asked: AskedPerson, width: int) -> list[paint.Line]:
    if asked.person == one.taken_by:
        mark, word, style = "✓", "accepted", theme.success
    elif asked.declined:
        mark, word, style = "✗", "declined", theme.muted
    else:
        have = "have" if asked.person == model.me else "has"
        mark, word, style = "○", f"{have} not answered", theme.plain
    returns = in_return(model, one, asked.person)
    told = f"{days.shown_name(model, asked.person)} {word}{f', {returns}' if returns else ''}"
    texts = paint.wrap(told, width - 2, 3)
    return [[(f"{mark} " if not at else "  ", style), (text, style)] for at, text in enumerate(texts)]
