"""Dialogs about changes of the day. What a change would make of the final schedule is looked up while it is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from incidentd.client import ClientError
from incidentd.domain.wall_clock import instant, wall
from incidentd.wire import duty as wire_duty
from incidentd_tui import calendar, paint, phrases
from incidentd_tui.calendar import Part
from incidentd_tui.forms.base import WIDTH, Field, Form, Plan, Values
from incidentd_tui.forms.times import HINT, time_of, times
from incidentd_tui.rows import calendar as days
from incidentd_tui.rows import shifts

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

REASON = Field(name="reason", label="Why", hint="the others read it", optional=True)
_SHOWN_MOST = 8
Body = wire_duty.SetOverride | wire_duty.ProposeSwap | wire_duty.SetAbsence | wire_duty.PreviewDuty


# ---------------------------------------------------------------------- override
def override(tui: IncidentdApp, schedule: wire_duty.Schedule, day: date) -> Form:
    """Somebody carries the pager of this schedule: by default the viewer, for the chosen day or the rest of today."""
    begin, end = _day_left(tui, day)
    holder = next((one.person for one in calendar.parts(schedule, calendar.Span(begin, end))), "")
    others = [one for one in sorted(tui.model.people) if one not in schedule.people]
    people = [*dict.fromkeys(schedule.people), *others]
    first = tui.model.me if tui.model.me != holder else next((one for one in people if one != holder), "")
    fields = (
        Field(name="person", label="Who", options=tuple((one, named(tui, one)) for one in people), value=first),
        *_time_fields(tui, begin, end),
        REASON,
    )
    name = str(schedule.name)

    def body(values: Values) -> wire_duty.SetOverride:
        starts, ends = times(tui, values)
        return wire_duty.SetOverride(
            schedule=name, person=values["person"], starts_at=starts, ends_at=ends, reason=values["reason"]
        )

    async def send(values: Values) -> None:
        made = await tui.acts.gateway.ask(tui.acts.client.set_override(body(values)))

        async def back() -> object:
            return await tui.acts.attempt("", tui.acts.client.end_override(made.id))

        when = shifts.span_text(tui.model, made.starts_at, made.ends_at)
        tui.acts.can_undo(f"{made.person} carries the pager of {made.schedule} {when}", back)

    return duty_form(tui, f"Override of {schedule.name}", "set", fields, body, send)


# ---------------------------------------------------------------------- absence
def absence(tui: IncidentdApp, day: date) -> Form:
    """Somebody is away: by default the viewer, on the chosen day or for the rest of today."""
    begin, end = _day_left(tui, day)
    people = sorted(tui.model.people)
    stand_ins = (("", "nobody: a gap"), *((one, one) for one in people))
    fields = (
        Field(name="person", label="Who", options=tuple((one, named(tui, one)) for one in people), value=tui.model.me),
        *_time_fields(tui, begin, end),
        Field(name="stand_in", label="Stands in", options=stand_ins, value=""),
        REASON,
    )

    def body(values: Values) -> wire_duty.SetAbsence:
        starts, ends = times(tui, values)
        return wire_duty.SetAbsence(
            person=values["person"],
            starts_at=starts,
            ends_at=ends,
            stand_in=values["stand_in"],
            reason=values["reason"],
        )

    async def send(values: Values) -> None:
        made = await tui.acts.gateway.ask(tui.acts.client.set_absence(body(values)))

        async def back() -> object:
            return await tui.acts.attempt("", tui.acts.client.end_absence(made.id))

        when = shifts.span_text(tui.model, made.starts_at, made.ends_at)
        tui.acts.can_undo(f"{made.person} is away {when}, {made.stand_in or 'nobody'} stands in", back)

    return duty_form(tui, "Absence", "set", fields, body, send)


# ---------------------------------------------------------------------- swap
def swap(
    tui: IncidentdApp, schedule: wire_duty.Schedule, offered: tuple[Sequence[Part], Sequence[Part]], day: date
) -> Form:
    """Give one of the first `offered` for one of the second; it counts once the other side accepts."""
    mine, theirs = offered
    chosen = calendar.day_span(day, tui.model.zone)
    length = mine[0].ends_at - mine[0].starts_at
    fits = [number for number, one in enumerate(theirs) if one.ends_at - one.starts_at == length]
    fits = [number for number in fits if chosen.touches(theirs[number].starts_at, theirs[number].ends_at)] + fits
    fields = (
        Field(name="give", label="Give", options=options(tui, mine), value="0"),
        Field(name="take", label="Take", options=options(tui, theirs), value=str(fits[0] if fits else 0)),
        Field(name="take_from", label="Take from", hint="2026-03-21 09:00, when it is a part of that", optional=True),
        REASON,
    )
    name, zone = str(schedule.name), str(schedule.zone)

    def body(values: Values) -> wire_duty.ProposeSwap:
        give, take = mine[int(values["give"])], theirs[int(values["take"])]
        begin = take.starts_at
        if values["take_from"]:
            begin = time_of(tui, "Take from", values["take_from"])
        # As long as what is given, on the clocks of the schedule
        length = wall(give.ends_at, zone) - wall(give.starts_at, zone)
        return wire_duty.ProposeSwap(
            schedule=name,
            starts_at=give.starts_at,
            ends_at=give.ends_at,
            other=str(take.person),
            other_starts_at=begin,
            other_ends_at=instant(wall(begin, zone) + length, zone),
            reason=values["reason"],
        )

    async def send(values: Values) -> None:
        made = await tui.acts.gateway.ask(tui.acts.client.propose_swap(body(values)))

        async def back() -> object:
            return await tui.acts.attempt("", tui.acts.client.settle_swap(made.id, to_state("cancelled")))

        tui.acts.can_undo(f"swap {made.id} waits for {made.other}", back)

    return duty_form(tui, f"Swap in {schedule.name}", "offer", fields, body, send)


def swappable(
    tui: IncidentdApp, found: wire_duty.Schedules, schedule: wire_duty.Schedule, day: date
) -> tuple[list[Part], list[Part]]:
    """(what the viewer may give: the chosen day first, then whole shifts; what the others have), all ahead of now."""
    now = tui.model.now()
    held = [
        one
        for one in calendar.parts(schedule, calendar.Span(found.starts_at, found.ends_at))
        if one.starts_at > now and one.person and found.starts_at < one.starts_at and one.ends_at < found.ends_at
    ]
    span = calendar.day_span(day, tui.model.zone)
    on_day = [one for one in calendar.parts(schedule, span) if one.starts_at > now]
    mine = [one for one in (*on_day, *held) if one.person == tui.model.me]
    theirs = [one for one in held if one.person != tui.model.me]
    return list(dict.fromkeys(mine))[:_SHOWN_MOST], theirs[:_SHOWN_MOST]


def options(tui: IncidentdApp, parts: Sequence[Part]) -> tuple[tuple[str, str], ...]:
    """One of these to choose, by its number."""
    return tuple((str(number), _part_words(tui, one)) for number, one in enumerate(parts))


def _part_words(tui: IncidentdApp, part: Part) -> str:
    length = phrases.span(part.ends_at - part.starts_at)
    return f"{named(tui, part.person)} {shifts.date_hour(part.starts_at, tui.model)}, {length}"


# ---------------------------------------------------------------------- what they share
def duty_form(
    tui: IncidentdApp,
    title: str,
    verb: str,
    fields: tuple[Field, ...],
    body: Callable[[Values], Body],
    send: Callable[[Values], Awaitable[None]],
) -> Form:
    """A dialog that shows what the final schedule would be; `body` raises `ValueError` for a time that is none."""

    async def look(values: Values) -> list[str]:
        try:
            asked = _preview_of(body(values))
        except ValueError as error:
            return told(str(error))
        return await looked_up(tui, asked)

    plan = Plan(
        title=title, verb=verb, fields=fields, effects=lambda _: (), preview=look,
        send=lambda values: guarded(tui, send, values),
    )  # fmt: skip
    return Form(tui, plan)


async def looked_up(tui: IncidentdApp, asked: wire_duty.PreviewDuty) -> list[str]:
    """What a change would make of the final schedules, or why it cannot be."""
    try:
        return preview_lines(tui, await tui.acts.gateway.ask(tui.acts.client.preview_duty(asked)))
    except ClientError as error:
        return told(tui.acts.reason("", error))


def told(fault: str) -> list[str]:
    """A fault as the lines of a preview."""
    first, *rest = paint.wrap(fault, WIDTH - 8, 3)
    return [first, *(f"  {one}" for one in rest)]


def to_state(state: str) -> wire_duty.SettleSwap:
    """accepted, declined or cancelled."""
    return msgspec.convert({"to": state}, wire_duty.SettleSwap)


async def guarded(tui: IncidentdApp, send: Callable[[Values], Awaitable[None]], values: Values) -> str:
    """An empty text when it is done, else why not: a time that is none, or what the daemon says."""
    try:
        await send(values)
    except ValueError as error:
        return str(error)
    except ClientError as error:
        return tui.acts.reason("", error)
    return ""


def _preview_of(body: Body) -> wire_duty.PreviewDuty:
    match body:
        case wire_duty.SetOverride():
            return wire_duty.PreviewDuty(override=body)
        case wire_duty.ProposeSwap():
            return wire_duty.PreviewDuty(swap=body)
        case wire_duty.SetAbsence():
            return wire_duty.PreviewDuty(absence=body)
        case _:
            return body


def preview_lines(tui: IncidentdApp, found: wire_duty.DutyPreview) -> list[str]:
    """The final schedule with the change: what becomes different of each, whom it was, and what is wrong then."""
    span = calendar.Span(found.starts_at, found.ends_at)
    lines = []
    for before, after in zip(found.before, found.after, strict=True):
        was = calendar.parts(before, span)
        for one in calendar.parts(after, span):
            old = [
                part.person or "nobody"
                for part in was
                if calendar.Span(one.starts_at, one.ends_at).touches(part.starts_at, part.ends_at)
            ]
            held = [person for person in dict.fromkeys(old) if person != (one.person or "nobody")]
            if not held:
                continue
            who = days.shown_name(tui.model, one.person) or "▲ nobody"
            when = shifts.span_text(tui.model, one.starts_at, one.ends_at)
            name = f"{after.name}  " if len(found.after) > 1 else ""
            lines.append(f"  {name}{when}  {who} instead of {', '.join(held)}")
    lines += [f"▲ {shifts.warning_text(tui.model, one)}" for one in found.warnings]
    lines += [f"mends: {shifts.warning_text(tui.model, one)}" for one in found.mended]
    return lines or ["no schedule becomes different"]


def named(tui: IncidentdApp, person: str) -> str:
    return f"{person} (you)" if person == tui.model.me else person


def _day_left(tui: IncidentdApp, day: date) -> tuple[datetime, datetime]:
    """The chosen day, or what is left of today."""
    span = calendar.day_span(day, tui.model.zone)
    return max(span.starts_at, tui.model.now()), max(span.ends_at, tui.model.now())


def _time_fields(tui: IncidentdApp, begin: datetime, end: datetime) -> tuple[Field, Field]:
    now, zone = tui.model.now(), tui.model.zone
    starts = "now" if begin <= now else f"{begin.astimezone(zone):%Y-%m-%d %H:%M}"
    ends = f"{end.astimezone(zone):%Y-%m-%d %H:%M}" if end > now else "1d"
    return (
        Field(name="starts", label="From", value=starts, hint=f"now, {HINT}"),
        Field(name="ends", label="For, or until", value=ends, hint=HINT),
    )
