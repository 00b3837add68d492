"""Dialogs about maintenance windows. What one would hide is looked up while it is typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from incidentd.client import ClientError
from incidentd.wire.quieting import Maintenance, MaintenancePlan, PlanMaintenance, PreviewHiding
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.times import HINT, times
from incidentd_tui.rows import inbox

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_WORD = re.compile(r'(?:"(?:\\.|[^"\\])*"|\S)+')
"""A matcher: no space but in quotes."""


def new(tui: IncidentdApp, services: Sequence[str]) -> Form:
    """A new window over `services`."""
    return _form(tui, "Maintenance", MaintenancePlan(services=tuple(services) or ("",), text=" "))


def again(tui: IncidentdApp, window: Maintenance) -> Form:
    """Another one like it."""
    return _form(tui, f"Maintenance like {window.name}", _plan_of(window))


def _plan_of(window: Maintenance) -> MaintenancePlan:
    return MaintenancePlan(services=window.services, text=window.text, spared=window.spared, below=window.below)


def _form(tui: IncidentdApp, title: str, plan: MaintenancePlan) -> Form:
    fields = (
        Field(name="services", label="Services", value=" ".join(plan.services).strip(), hint="checkout payments"),
        Field(name="text", label="Work", value=plan.text.strip(), hint="what is done, for the others"),
        Field(name="starts", label="From", value="now", hint=f"now, {HINT}"),
        Field(name="ends", label="For, or until", value="1h", hint=HINT),
        Field(name="below", label="Only below", value=plan.below, hint="a severity such as critical", optional=True),
        Field(name="spared", label="But not", value=" ".join(plan.spared), hint="severity=critical", optional=True),
    )

    async def preview(values: Values) -> list[str]:
        return await _preview(tui, values)

    async def send(values: Values) -> str:
        try:
            starts, ends = times(tui, values)
        except ValueError as error:
            return str(error)
        return await _send(tui, PlanMaintenance(plan=_typed(values), starts_at=starts, ends_at=ends))

    def effects(values: Values) -> list[str]:
        try:
            starts, ends = times(tui, values)
        except ValueError as error:
            return [str(error)]
        begin = f"from {_when(tui, starts)} " if starts else "from now "
        return [f"{begin}until {_when(tui, ends)}, for {phrases.span(ends - (starts or tui.model.now()))}"]

    return Form(tui, Plan(title=title, verb="plan", fields=fields, effects=effects, send=send, preview=preview))


def _typed(values: Values) -> MaintenancePlan:
    return MaintenancePlan(
        services=tuple(values["services"].replace(",", " ").split()),
        text=values["text"],
        spared=tuple(_WORD.findall(values["spared"])),
        below=values["below"],
    )


def _when(tui: IncidentdApp, at: datetime) -> str:
    return phrases.day_hour(at, tui.model.now(), tui.model.zone)


async def _preview(tui: IncidentdApp, values: Values) -> list[str]:
    """What it would hide now and has hidden or would have in the last seven days, and the first alerts."""
    plan = _typed({**values, "text": values["text"] or "preview"})
    if not plan.services:
        return ["name a service"]
    try:
        found = await tui.acts.gateway.ask(tui.acts.client.preview_hiding(PreviewHiding(maintenance=plan)))
    except ClientError as error:
        return [tui.acts.reason("", error)]
    past = f"; {found.past_total} in the last seven days" if found.past_total else ""
    lines = [f"hides {phrases.count(found.total, 'alert')} that fire{'s' if found.total == 1 else ''} now{past}"]
    return [*lines, *(f"  A-{one.id} {inbox.alert_title(one)}" for one in found.alerts)]


async def _send(tui: IncidentdApp, body: PlanMaintenance) -> str:
    try:
        window = await tui.acts.gateway.ask(tui.acts.client.plan_maintenance(body))
    except ClientError as error:
        return tui.acts.reason("", error)

    async def back() -> object:
        return await tui.acts.attempt("", tui.acts.client.end_maintenance(window.id))

    tui.acts.can_undo(f"{window.name} is {window.status}, until {_when(tui, window.ends_at)}", back)
    return ""


def extend(tui: IncidentdApp, window: Maintenance) -> Form:
    """More time; what is over goes on as another window from now."""
    over = window.status == "over"
    begin = tui.model.now() if over else window.ends_at

    def more(values: Values) -> timedelta:
        return phrases.end_of(values["more"], begin, tui.model.zone) - begin

    def effects(values: Values) -> list[str]:
        try:
            ends = begin + more(values)
        except ValueError as error:
            return [f"no end yet: {error}"]
        goes_on = f"{window.name} is over: another window goes on from now" if over else ""
        return [f"ends {_when(tui, ends)}", *([goes_on] if goes_on else []), "X ends it at any time"]

    async def send(values: Values) -> str:
        try:
            length = more(values)
        except ValueError as error:
            return f"More time, or until: {error}"
        try:
            found = await tui.acts.gateway.ask(tui.acts.client.extend_maintenance(window.id, length.total_seconds()))
        except ClientError as error:
            return tui.acts.reason("", error)
        tui.say(f"✓ {found.name} lasts until {_when(tui, found.ends_at)}", "done")
        return ""

    field = Field(name="more", label="More time, or until", value="30m", hint=HINT)
    title = f"More time for {window.name}"
    return Form(tui, Plan(title=title, verb="extend", fields=(field,), effects=effects, send=send))


def end(tui: IncidentdApp, window: Maintenance, hides: int) -> Form:
    """End it now, or call it off."""
    told = f"{phrases.count(hides, 'alert')} that it hides now: told at once" if hides else "it hides nothing now"
    planned = window.status == "planned"
    effects = ("it does not take place" if planned else told, "can be undone for ten seconds: by a window like it")

    async def send(_: Values) -> str:
        try:
            raw = await tui.acts.client.maintenance_window(window.id)
            await tui.acts.gateway.ask(tui.acts.client.end_maintenance(window.id))
        except ClientError as error:
            return tui.acts.reason("", error)
        starts = raw.starts_at if planned else None
        anew = PlanMaintenance(plan=_plan_of(raw), starts_at=starts, ends_at=raw.ends_at)

        async def back() -> object:
            return await tui.acts.attempt("", tui.acts.client.plan_maintenance(anew))

        tui.acts.can_undo(f"{window.name} is {'called off' if planned else 'over'}", back)
        return ""

    title = f"{'Call off' if planned else 'End'} {window.name}{'' if planned else ' now'}"
    return Form(tui, Plan(title=title, verb="end", fields=(), effects=lambda _: effects, send=send))
