"""Dialogs that put a page into other hands: taking it over, giving it to somebody else, putting it off."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from incidentd import wire
from incidentd.wire import pages as wire_pages
from incidentd_tui import page_moves, phrases
from incidentd_tui.forms import paging
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.times import time_of
from incidentd_tui.screens.picker import Item, Picker

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def take_over(tui: IncidentdApp, page: wire.Page) -> Form:
    """Take what somebody else has acknowledged."""
    effects = (f"{page.acknowledged_by} had it, and is told", "u gives it back: they are asked anew")

    async def send(until: datetime | None, note: str) -> str:
        return await page_moves.take_over(tui.acts, paging.fresh(tui, page), until, note)

    title, told = f"Take over P-{page.id}", f"P-{page.id} is yours"
    return paging.hold_form(tui, title, told, effects, send, verb="take over", ends="")


# ---------------------------------------------------------------------- to somebody else
def reassign(tui: IncidentdApp, page: wire.Page) -> None:
    """Ask to whom, and then why."""

    def chosen(value: str | None) -> None:
        if value is not None:
            kind, _, name = value.partition(":")
            tui.push_screen(_reassign_to(tui, page, kind, name))

    tui.push_screen(Picker(f"Give P-{page.id} to", _targets(tui, page), "who is to have it?"), chosen)


def _targets(tui: IncidentdApp, page: wire.Page) -> list[Item]:
    """People on call first, then the others, schedules and policies."""
    model = tui.model
    on_call: dict[str, list[str]] = {}
    for shift in model.on_call:
        if shift.person:
            on_call.setdefault(shift.person, []).append(shift.schedule)
    people = sorted(model.people, key=lambda one: (one not in on_call, one))
    has_it = page.acknowledged_by if page.state == "acknowledged" else ""
    items = [
        Item(
            f"person:{one}",
            f"{one} — {model.people[one].name}",
            f"on call for {', '.join(on_call[one])}" if one in on_call else "",
            "has it already" if one == has_it else "",
        )
        for one in people
    ]
    items += [
        Item(f"schedule:{one.schedule}", f"{one.schedule} — whoever is on call: {one.person or 'nobody'}", "schedule")
        for one in model.on_call
    ]
    policies = {page.policy, *(one.policy for one in model.services), *(n for s in model.on_call for n in s.policies)}
    items += [Item(f"policy:{one}", f"{one} — from its first step", "policy") for one in sorted(policies - {""})]
    return items


def _reassign_to(tui: IncidentdApp, page: wire.Page, kind: str, name: str) -> Form:
    to = name if kind == "person" else f"policy {name}" if kind == "policy" else f"whoever is on call for {name}"
    effects = [f"it begins again with {to}, who is written to at once; u takes it back, but no message"]
    if kind != "policy" and page.policy:
        effects.append(f"policy {page.policy} goes on when nobody answers there")
    if page.acknowledged_by:
        told = "is told" if page.acknowledged_by != tui.model.me else "lets it go"
        effects.append(f"{page.acknowledged_by} had it, and {told}")
    elif page.acks:
        effects.append(f"acknowledgements so far are void: {', '.join(page.acks)}")

    async def send(values: Values) -> str:
        body = wire_pages.Reassign(
            person=name if kind == "person" else "",
            schedule=name if kind == "schedule" else "",
            policy=name if kind == "policy" else "",
            note=values["note"],
            interruption=paging.reason_given(values) if kind == "person" else "",
        )
        return await page_moves.reassign(tui.acts, paging.fresh(tui, page), body)

    fields = (paging.NOTE, *((paging.WHY_THEM,) if kind == "person" else ()))
    title = f"Give P-{page.id} to {to}"
    return Form(tui, Plan(title=title, verb="reassign", fields=fields, effects=lambda _: effects, send=send))


# ---------------------------------------------------------------------- later
def snooze(tui: IncidentdApp, page: wire.Page) -> Form:
    """Nobody is written to for a while."""
    step = f"then step {max(page.step, 1)} of {page.policy or 'it'} is taken again"
    rest = [step, *([f"{page.acknowledged_by} had it, and is told"] if _of_another(tui, page) else [])]

    def will(values: Values) -> list[str]:
        now, zone = tui.model.now(), tui.model.zone
        try:
            at = phrases.end_of(values["ends"], now, zone)
        except ValueError as error:
            return [f"no end yet: {error}", *rest]
        until = f"nobody is written to until {phrases.day_hour(at, now, zone)}, for {phrases.span(at - now)}"
        return [f"{until}; it is nobody's meanwhile", *rest]

    async def send(values: Values) -> str:
        try:
            until = time_of(tui, "For, or until", values["ends"])
        except ValueError as error:
            return str(error)
        return await page_moves.snooze(tui.acts, paging.fresh(tui, page), until, values["note"])

    hint = "30m, 2h, 18:00; 7 days at most"
    fields = (Field(name="ends", label="For, or until", value="30m", hint=hint), paging.NOTE)
    return Form(tui, Plan(title=f"Snooze P-{page.id}", verb="snooze", fields=fields, effects=will, send=send))


def _of_another(tui: IncidentdApp, page: wire.Page) -> bool:
    return bool(page.acknowledged_by) and page.acknowledged_by != tui.model.me
