"""Dialogs about pages: resolving, escalating, taking one that went to somebody else, paging by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, get_args

from incidentd import wire
from incidentd.client import ClientError
from incidentd.wire import protection as wire_protection
from incidentd.wire import roles as wire_roles
from incidentd_tui import phrases, vocabulary
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.inert import Shown
from incidentd_tui.model import Model

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

NOTE = Field(name="note", label="Note", hint="what the others should know", optional=True)
_NOBODY = "nobody"
_REASONS: tuple[str, ...] = get_args(wire_protection.GivenReason)
"""Why it must be somebody on project work: the daemon wants to know."""
WHY_THEM = Field(
    name="interruption",
    label="Why them",
    options=((_NOBODY, "they are not on project work"), *((one, one.replace("_", " ")) for one in _REASONS)),
    value=_NOBODY,
)


def reason_given(values: Values) -> str:
    """The reason of `WHY_THEM`, "" for none."""
    return "" if values["interruption"] == _NOBODY else values["interruption"]


def _written(page: wire.Page) -> str:
    return ", ".join(page.notified) or "nobody yet"


def acknowledge(tui: IncidentdApp, page: wire.Page) -> None:
    """At once what went to me; what went to others is asked about first."""
    if page.mine:
        tui.run_worker(tui.acts.acknowledge(page), exit_on_error=False)
    else:
        tui.push_screen(acknowledge_for(tui, page))


def acknowledge_for(tui: IncidentdApp, page: wire.Page) -> Form:
    """Taking a page that did not go to me."""

    async def send(values: Values) -> str:
        return "" if await tui.acts.acknowledge(page) is not None else "the page was not acknowledged"

    effects = (*stops([page], "the escalation stops, and the page is yours"), f"written to so far: {_written(page)}")
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


def stops(pages: Sequence[wire.Page], told: str) -> list[str]:
    """`told` of an acknowledgement of these, and of which it is not true: one of several stops nothing yet."""
    few = [page for page in pages if page.acks_needed > 1 and len(page.acks) + 1 < page.acks_needed]
    if not few:
        return [told]
    if len(few) == 1:
        counts = f"yours is {len(few[0].acks) + 1} of {few[0].acks_needed} acknowledgements: P-{few[0].id} goes on"
    else:
        counts = f"{len(few)} pages take more acknowledgements than yours: they go on"
    return [counts, *([f"the others: {told}"] if len(few) < len(pages) else [])]


def is_held(model: Model, page: wire.Page) -> bool:
    """Whether I have it already, so that its end is mine to change."""
    return page.state == "acknowledged" and bool(model.me) and page.acknowledged_by == model.me


def hold(tui: IncidentdApp, page: wire.Page) -> Form:
    """Acknowledging for a while; of a page that is mine, another end."""
    others = [] if page.mine or is_held(tui.model, page) else [f"it went to others: {_written(page)}"]
    if page.state != "acknowledged" and len(page.acks) + 1 < page.acks_needed:
        others += [*stops([page], ""), "the end that counts is that of whoever completes them"]

    async def send(until: datetime | None, note: str) -> str:
        done = await tui.acts.acknowledge(fresh(tui, page), until=until, note=note)
        return "" if done is not None else "the page was not acknowledged; see the status line"

    return hold_form(tui, f"Acknowledge P-{page.id} for a while", f"P-{page.id} is yours", others, send)


def hold_form(
    tui: IncidentdApp,
    title: str,
    told: str,
    effects: Sequence[str],
    send: Callable[[datetime | None, str], Awaitable[str]],
    *,
    verb: str = "acknowledge",
    ends: str = "30m",
) -> Form:
    """Until when, and a note for the others; an empty end is none. `ends` is what is filled in."""

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
        Field(name="ends", label="For, or until", value=ends, hint=hint, optional=True),
        NOTE,
    )
    return Form(tui, Plan(title=title, verb=verb, fields=fields, effects=will, send=sent))


def resolve(tui: IncidentdApp, page: wire.Page) -> Form:
    async def send(values: Values) -> str:
        return await tui.acts.resolve_page(fresh(tui, page))

    effects = ("the page ends for everybody; its alerts stay as they are", f"told so: {_written(page)}")
    return Form(
        tui, Plan(title=f"Resolve P-{page.id}", verb="resolve", fields=(), effects=lambda _: effects, send=send)
    )


def escalate(tui: IncidentdApp, page: wire.Page) -> Form:
    async def send(values: Values) -> str:
        return await tui.acts.escalate(fresh(tui, page))

    effects = (f"the next step of policy {page.policy} is notified now", f"written to so far: {_written(page)}")
    return Form(
        tui, Plan(title=f"Escalate P-{page.id} now", verb="escalate", fields=(), effects=lambda _: effects, send=send)
    )


def fresh(tui: IncidentdApp, page: wire.Page) -> wire.Page:
    """As the stream of events told it last."""
    return tui.model.pages.get(page.id, page)


def page_somebody(
    tui: IncidentdApp,
    incident: wire.Incident | None = None,
    person: str = "",
    roles: Mapping[str, str] | None = None,
    role: str = "",
) -> Form:
    """Page a person, whoever is on call for a service, or for a role of the incident: each with who is asked."""
    asked = roles or {}
    targets = [(f"role:{name}", f"{vocabulary.role_label(name)}: {whom}") for name, whom in asked.items()]
    targets += [(f"person:{one}", one) for one in sorted(tui.model.people)]
    targets += [(f"service:{one.name}", f"{one.name} on call") for one in tui.model.services]
    first = f"role:{role}" if role else f"person:{person}" if person else _first_person(tui)
    fields = (
        Field(name="target", label="Whom", options=tuple(targets) or (("", "nobody in the roster"),), value=first),
        Field(
            name="title",
            label="Title",
            value=incident.title if incident is not None else "",
            hint="what is wrong, in one line",
        ),
        Field(
            name="body",
            label="Text",
            multiline=True,
            optional=True,
            draft=f"page:{incident.id if incident is not None else 0}",
        ),
        Field(name="urgency", label="Urgency", options=(("high", "high"), ("low", "low")), value="high"),
        WHY_THEM,
    )

    def effects(values: Values) -> list[str]:
        kind, _, name = values["target"].partition(":")
        if kind == "role":
            return [f"asks {asked.get(name, '')}, at once; it cannot be taken back",
                    f"to acknowledge is to be {vocabulary.role_label(name)} of the incident"]  # fmt: skip
        whom = name if kind == "person" else f"whoever is on call for {name}"
        link = f", linked to INC-{incident.id}" if incident is not None else ""
        return [f"a page goes to {whom} at once{link}; it cannot be taken back"]

    async def send(values: Values) -> str:
        kind, _, name = values["target"].partition(":")
        try:
            page = await tui.acts.gateway.ask(_paged(tui, values, incident))
        except ClientError as error:
            return tui.acts.reason("", error)
        tui.model.put_pages([page])
        whom = asked.get(name, name) if kind == "role" else name
        tui.say(Shown(f"✓ P-{page.id} goes to {whom}"), "done")
        return ""

    return Form(tui, Plan(title="Page somebody", verb="page", fields=fields, effects=effects, send=send))


def _first_person(tui: IncidentdApp) -> str:
    return next((f"person:{one}" for one in sorted(tui.model.people)), "")


def _paged(tui: IncidentdApp, values: Values, incident: wire.Incident | None) -> Awaitable[wire.Page]:
    kind, _, name = values["target"].partition(":")
    if kind == "role" and incident is not None:
        body = wire_roles.PageRole(note=values["body"], interruption=reason_given(values))
        return tui.acts.client.page_role(incident.id, str(name), body)
    return tui.acts.client.raise_page(
        wire.RaisePage(
            title=values["title"],
            body=values["body"],
            service=name if kind == "service" else "",
            person=name if kind == "person" else "",
            urgency=values["urgency"],
            incident_id=incident.id if incident is not None else None,
            interruption=reason_given(values),
        )
    )
