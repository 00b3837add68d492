"""Dialogs about requests: asking others to take a shift, answering them, and withdrawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from incidentd.client import ClientError
from incidentd.domain.wall_clock import instant, wall
from incidentd.wire import duty as wire_duty
from incidentd.wire.requests import AnswerRequest, AskForShift, ShiftRequest
from incidentd_tui import calendar
from incidentd_tui.calendar import Part
from incidentd_tui.forms import duty
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.times import HINT, time_of
from incidentd_tui.inert import Shown
from incidentd_tui.rows import requests as rows
from incidentd_tui.rows import shifts

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_EVERYBODY = "*"
_SHOWN_MOST = 8
Answer = Literal["accepted", "declined", "cancelled"]
Given = tuple[datetime | None, datetime | None]


# ---------------------------------------------------------------------- asking
def askable(tui: IncidentdApp, found: wire_duty.Schedules, schedule: wire_duty.Schedule, day: date) -> list[Part]:
    """What the viewer may ask others to take: the chosen day first, then whole shifts; one that runs, from now on."""
    now = tui.model.now()
    chosen = calendar.day_span(day, tui.model.zone)
    on_day = calendar.parts(schedule, calendar.Span(max(chosen.starts_at, now), max(chosen.ends_at, now)))
    ahead = calendar.parts(schedule, calendar.Span(now, found.ends_at))
    mine = [one for one in (*on_day, *ahead) if one.person and one.person == tui.model.me]
    return [one for one in dict.fromkeys(mine) if one.ends_at < found.ends_at][:_SHOWN_MOST]


def ask(tui: IncidentdApp, schedule: wire_duty.Schedule, mine: Sequence[Part]) -> Form:
    """Ask one, a team or everybody of the schedule to take one of the viewer's shifts or to swap it."""
    name = str(schedule.name)
    others = sorted(one for one in schedule.people if one != tui.model.me)

    def body(values: Values) -> AskForShift:
        begin, end = _only(tui, values, mine[int(values["give"])])
        kind, _, whom = values["whom"].partition(":")
        return AskForShift(
            schedule=name,
            starts_at=begin,
            ends_at=end,
            people=(whom,) if kind == "person" else (),
            team=whom if kind == "team" else "",
            wants="swap" if values["wants"] == "swap" else "take",
            reason=values["reason"],
        )

    def will(values: Values) -> list[str]:
        asked = values["whom"].partition(":")[2] or ", ".join(others)
        try:
            begin, end = _only(tui, values, mine[int(values["give"])])
        except ValueError as error:
            return [f"no time yet: {error}"]
        when = shifts.span_text(tui.model, begin, end)
        gives = "for nothing in return" if values["wants"] == "take" else "and gives as long a time of theirs"
        return [
            f"{asked or 'nobody'}: whoever accepts first has {name} {when}, {gives}",
            "they are written to, and reminded; it stays yours until then",
        ]

    async def send(values: Values) -> None:
        made = await tui.acts.gateway.ask(tui.acts.client.ask_for_shift(body(values)))

        async def back() -> object:
            return await tui.acts.attempt("", tui.acts.client.answer_request(made.id, AnswerRequest(to="cancelled")))

        tui.acts.can_undo(Shown(f"{made.name} asks {', '.join(one.person for one in made.asked)}"), back)

    plan = Plan(
        title=f"Ask for a shift of yours in {name}", verb="ask", fields=_asking(tui, name, mine, others), effects=will,
        send=lambda values: duty.guarded(tui, send, values),
    )  # fmt: skip
    return Form(tui, plan)


def _asking(tui: IncidentdApp, name: str, mine: Sequence[Part], others: Sequence[str]) -> tuple[Field, ...]:
    teams = sorted({str(one.team) for one in tui.model.services} - {""})
    whom = [(_EVERYBODY, f"everybody of {name}"), *((f"person:{one}", one) for one in others)]
    whom += [(f"team:{one}", f"team {one}") for one in teams]
    takes = (("take", "take it"), ("swap", "swap it for as long a time of theirs"))
    part = f"{HINT}; empty: all of it"
    return (
        Field(name="give", label="Shift", options=duty.options(tui, mine), value="0"),
        Field(name="starts", label="Only from", hint=part, optional=True),
        Field(name="ends", label="Only until", hint=part, optional=True),
        Field(name="whom", label="Ask", options=tuple(whom), value=_EVERYBODY),
        Field(name="wants", label="To", options=takes, value="take"),
        duty.REASON,
    )


def _only(tui: IncidentdApp, values: Values, part: Part) -> tuple[datetime, datetime]:
    """The part of the shift that is asked for. Raises `ValueError` naming the field."""
    begin = time_of(tui, "Only from", values["starts"]) if values["starts"] else part.starts_at
    end = time_of(tui, "Only until", values["ends"], begin) if values["ends"] else part.ends_at
    return begin, end


# ---------------------------------------------------------------------- answering
def answer(tui: IncidentdApp, one: ShiftRequest, to: Answer) -> Form:
    """Accept with a preview of the schedule, decline, or withdraw."""
    if to == "accepted":
        return _accept(tui, one)
    when = shifts.span_text(tui.model, one.starts_at, one.ends_at)
    left = [asked.person for asked in one.asked if not asked.declined and asked.person != tui.model.me]
    keeps = "you keep" if one.person == tui.model.me else f"{one.person} keeps"
    effects = {
        "declined": (
            f"{one.person} is told that you cannot; "
            + (f"{', '.join(left)} can still accept" if left else f"nobody is left, and {when} stays theirs"),
        ),
        "cancelled": (f"{keeps} {one.schedule} {when}; {', '.join(left) or 'nobody'} is told",),
    }[to]

    async def send(_: Values) -> None:
        call = tui.acts.client.answer_request(one.id, AnswerRequest(to=to), if_version=one.version)
        made = await tui.acts.gateway.ask(call)
        told = "is declined by you" if to == "declined" else "is withdrawn"
        tui.say(f"✓ {made.name} {told}", "done")

    verb = "decline" if to == "declined" else "withdraw"
    plan = Plan(
        title=f"{verb.capitalize()} {one.name}", verb=verb, fields=(), effects=lambda _: effects,
        send=lambda values: duty.guarded(tui, send, values),
    )  # fmt: skip
    return Form(tui, plan)


def _accept(tui: IncidentdApp, one: ShiftRequest) -> Form:
    """What it makes of the schedule is looked up; of a swap the time that is given may be another one."""
    swap = one.wants == "swap"
    told = rows.in_return(tui.model, one, tui.model.me)
    asked = rows.asked_of(one, tui.model.me)
    found = asked is not None and asked.returns_from is not None
    field = Field(
        name="give",
        label="Give in return, from",
        hint=f"empty: {told.removeprefix('for ')}" if found else "a time of yours: 2026-03-21 09:00",
        optional=found,
    )

    async def look(values: Values) -> list[str]:
        try:
            given = await _given(tui, one, values)
        except ValueError as error:
            return duty.told(str(error))
        except ClientError as error:
            return duty.told(tui.acts.reason("", error))
        return await duty.looked_up(tui, _preview(tui, one, given))

    async def send(values: Values) -> None:
        begin, end = await _given(tui, one, values) if values.get("give") else (None, None)
        body = AnswerRequest(to="accepted", returns_from=begin, returns_until=end)
        call = tui.acts.client.answer_request(one.id, body, if_version=one.version)
        made = await tui.acts.gateway.ask(call)
        when = shifts.span_text(tui.model, made.starts_at, made.ends_at)
        tui.acts.can_undo(Shown(f"{made.schedule} {when} is yours"), lambda: _back(tui, made.result))

    plan = Plan(
        title=f"Accept {one.name} of {one.person}", verb="accept", fields=(field,) if swap else (),
        effects=lambda _: (), preview=look, send=lambda values: duty.guarded(tui, send, values),
    )  # fmt: skip
    return Form(tui, plan)


async def _given(tui: IncidentdApp, one: ShiftRequest, values: Values) -> Given:
    """What is given in return, as long as what is taken on the clocks of the schedule; nothing for what is taken.

    Raises `ValueError` and `ClientError`.
    """
    asked = rows.asked_of(one, tui.model.me)
    if one.wants == "take" or asked is None:
        return None, None
    if not values["give"]:
        if asked.returns_from is None:
            raise ValueError("Give in return, from: name a time of yours")
        return asked.returns_from, asked.returns_until
    begin = time_of(tui, "Give in return, from", values["give"])
    found = await tui.acts.client.schedules(str(one.schedule))
    zone = found.schedules[0].zone
    return begin, instant(wall(begin, zone) + (wall(one.ends_at, zone) - wall(one.starts_at, zone)), zone)


def _preview(tui: IncidentdApp, one: ShiftRequest, given: Given) -> wire_duty.PreviewDuty:
    """The change that accepting makes, as the viewer would make it."""
    begin, end = given
    name = str(one.schedule)
    if begin is None or end is None:
        starts = None if one.starts_at <= tui.model.now() else one.starts_at
        override = wire_duty.SetOverride(schedule=name, person=str(tui.model.me), starts_at=starts, ends_at=one.ends_at)
        return wire_duty.PreviewDuty(override=override)
    swap = wire_duty.ProposeSwap(
        schedule=name, starts_at=begin, ends_at=end, other=str(one.person), other_starts_at=one.starts_at,
        other_ends_at=one.ends_at,
    )  # fmt: skip
    return wire_duty.PreviewDuty(swap=swap)


async def _back(tui: IncidentdApp, result: str) -> object:
    """Take an acceptance back: the change that was made of it."""
    kind, _, number = result.partition(":")
    client = tui.acts.client
    if kind == "override":
        return await tui.acts.attempt("", client.end_override(int(number)))
    return await tui.acts.attempt("", client.settle_swap(int(number), duty.to_state("declined")))
