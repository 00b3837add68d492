"""Dialogs about pages: resolving, escalating, taking one that went to somebody else, paging by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, get_args

from incidentd import wire, wire_protection
from incidentd.client import ClientError
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.inert import Shown
from incidentd_tui.model import Model

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_NOBODY = "nobody"
_REASONS: tuple[str, ...] = get_args(wire_protection.GivenReason)
"""Why it must be somebody on project work: the daemon wants to know."""


def _written(page: wire.Page) -> str:
    return ", ".join(page.notified) or "nobody yet"


def acknowledge_for(tui: IncidentdApp, page: wire.Page) -> Form:
    """Taking a page that did not go to me."""

    async def send(values: Values) -> str:
        return "" if await tui.acts.acknowledge(page) is not None else "the page was not acknowledged"

    effects = (f"the escalation stops; written to so far: {_written(page)}", "the page is yours")
    return Form(
        tui,
        Plan(
            title=f"Acknowledge P-{page.id} for somebody else",
            verb="acknowledge",
            fields=(),
            effects=lambda _: effects,
            send=send,
        ),
    )


def is_held(model: Model, page: wire.Page) -> bool:
    """Whether I have it already, so that its end is mine to change."""
    return page.state == "acknowledged" and bool(model.me) and page.acknowledged_by == model.me


def hold(tui: IncidentdApp, page: wire.Page) -> Form:
    """Acknowledging for a while; of a page that is mine, another end."""
    others = [] if page.mine or is_held(tui.model, page) else [f"it went to others: {_written(page)}"]

    async def send(until: datetime | None, note: str) -> str:
        done = await tui.acts.acknowledge(_fresh(tui, page), until=until, note=note)
        return "" if done is not None else "the page was not acknowledged; see the status line"

    return hold_form(tui, f"Acknowledge P-{page.id} for a while", f"P-{page.id} is yours", others, send)


def hold_form(
    tui: IncidentdApp,
    title: str,
    told: str,
    effects: Sequence[str],
    send: Callable[[datetime | None, str], Awaitable[str]],
) -> Form:
    """Until when, and a note for the others; an empty end is none."""

    def end(values: Values) -> datetime | None:
        return phrases.end_of(values["ends"], tui.model.now(), tui.model.zone) if values["ends"] else None

    def will(values: Values) -> list[str]:
        now, zone = tui.model.now(), tui.model.zone
        try:
            at = end(values)
        except ValueError as error:
            return [f"no end yet: {error}", *effects]
        if at is None:
            return [f"{told} until it ends", *effects]
        until = f"{told} until {phrases.day_hour(at, now, zone)}, for {phrases.span(at - now)}"
        return [until, "what still fires then is escalated on", *effects]

    async def sent(values: Values) -> str:
        try:
            return await send(end(values), values["note"])
        except ValueError as error:
            return f"For, or until: {error}"

    hint = "30m, 2h, 18:00; empty: until it ends"
    fields = (
        Field(name="ends", label="For, or until", value="30m", hint=hint, optional=True),
        Field(name="note", label="Note", hint="what the others should know", optional=True),
    )
    return Form(tui, Plan(title=title, verb="acknowledge", fields=fields, effects=will, send=sent))


def resolve(tui: IncidentdApp, page: wire.Page) -> Form:
    async def send(values: Values) -> str:
        return await tui.acts.resolve_page(_fresh(tui, page))

    effects = ("the page ends for everybody; its alerts stay as they are", f"told so: {_written(page)}")
    return Form(
        tui, Plan(title=f"Resolve P-{page.id}", verb="resolve", fields=(), effects=lambda _: effects, send=send)
    )


def escalate(tui: IncidentdApp, page: wire.Page) -> Form:
    async def send(values: Values) -> str:
        return await tui.acts.escalate(_fresh(tui, page))

    effects = (f"the next step of policy {page.policy} is notified now", f"written to so far: {_written(page)}")
    return Form(
        tui, Plan(title=f"Escalate P-{page.id} now", verb="escalate", fields=(), effects=lambda _: effects, send=send)
    )


def _fresh(tui: IncidentdApp, page: wire.Page) -> wire.Page:
    return tui.model.pages.get(page.id, page)


def page_somebody(tui: IncidentdApp, incident_id: int | None = None, person: str = "") -> Form:
    """Page a person, or whoever is on call for a service."""
    targets = [(f"person:{one}", one) for one in sorted(tui.model.people)]
    targets += [(f"service:{one.name}", f"{one.name} on call") for one in tui.model.services]
    fields = (
        Field(
            name="target",
            label="Whom",
            options=tuple(targets) or (("", "nobody in the roster"),),
            value=f"person:{person}",
        ),
        Field(name="title", label="Title", hint="what is wrong, in one line"),
        Field(name="body", label="Text", multiline=True, optional=True, draft=f"page:{incident_id or 0}"),
        Field(name="urgency", label="Urgency", options=(("high", "high"), ("low", "low")), value="high"),
        Field(
            name="interruption",
            label="Why them",
            options=((_NOBODY, "they are not on project work"), *((one, one.replace("_", " ")) for one in _REASONS)),
            value=_NOBODY,
        ),
    )

    def effects(values: Values) -> list[str]:
        kind, _, name = values["target"].partition(":")
        whom = name if kind == "person" else f"whoever is on call for {name}"
        link = f", linked to INC-{incident_id}" if incident_id else ""
        return [f"a page goes to {whom} at once{link}; it cannot be taken back"]

    async def send(values: Values) -> str:
        kind, _, name = values["target"].partition(":")
        body = wire.RaisePage(
            title=values["title"],
            body=values["body"],
            service=name if kind == "service" else "",
            person=name if kind == "person" else "",
            urgency=values["urgency"],
            incident_id=incident_id,
            interruption="" if values["interruption"] == _NOBODY else values["interruption"],
        )
        try:
            page = await tui.acts.gateway.ask(tui.acts.client.raise_page(body))
        except ClientError as error:
            return tui.acts.reason("", error)
        tui.model.put_pages([page])
        tui.say(Shown(f"✓ P-{page.id} goes to {name}"), "done")
        return ""

    return Form(tui, Plan(title="Page somebody", verb="page", fields=fields, effects=effects, send=send))
