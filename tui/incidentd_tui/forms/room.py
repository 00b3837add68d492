"""The dialogs of the incident room. Each sends the version it was opened with, so that a change in between is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd import wire
from incidentd.wire import incidents as wire_incidents
from incidentd_tui import vocabulary
from incidentd_tui.forms import telling
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.seen import Seen, take

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def status(tui: IncidentdApp, incident: wire.Incident) -> Form:
    seen = Seen(tui, incident)
    options = _next_states(tui, incident)
    fields = (
        Field(name="to", label="New state", options=options or (("", "none is possible"),)),
        Field(name="reason", label="Reason", optional=True),
        Field(name="evidence", label="Evidence", optional=True, hint="what shows it: a graph, a log, a customer"),
    )

    def effects(values: Values) -> list[str]:
        lines = [f"{vocabulary.status_label(incident.status)} → {dict(options).get(values['to'], '')}"]
        if values["to"] in ("mitigated", "resolved") and not values["evidence"]:
            lines.append("without evidence a broken rule will be shown; the change is made all the same")
        return lines

    async def send(values: Values) -> str:
        before = seen.current().status
        to, _, into = values["to"].partition(":")
        merged_into = int(into) if into else None
        body = wire_incidents.ChangeStatus(
            to=to, reason=values["reason"], evidence=values["evidence"], merged_into=merged_into
        )
        call = tui.acts.client.change_status(seen.id, body, if_version=seen.version)
        reason = await tui.acts.change_incident(seen.current(), call)
        if not reason and before in seen.current().allowed:
            tui.acts.can_undo(
                f"INC-{seen.id} is {vocabulary.status_label(to)}", lambda: _status_back(tui, seen.id, before)
            )
        return seen.outcome(reason)

    plan = Plan(
        title=f"State of INC-{incident.id}",
        verb="change",
        fields=fields,
        effects=effects,
        send=send,
        preview=telling.of_status(tui, incident),
    )
    return Form(tui, plan)


def _next_states(tui: IncidentdApp, incident: wire.Incident) -> tuple[tuple[str, str], ...]:
    """What may follow; merging is offered once for each other open incident."""
    found = [(name, vocabulary.status_label(name)) for name in incident.allowed if name != "merged"]
    if "merged" in incident.allowed:
        others = [one for one in tui.model.open_incidents() if one.id != incident.id]
        found += [(f"merged:{one.id}", f"merge into INC-{one.id}") for one in others[:9]]
    return tuple(found)


async def _status_back(tui: IncidentdApp, incident_id: int, before: str) -> wire.Incident | None:
    body = wire_incidents.ChangeStatus(to=before, reason="changed by mistake, taken back at once")
    return await take(tui, incident_id, tui.acts.client.change_status(incident_id, body))


def decision(tui: IncidentdApp, incident: wire.Incident) -> Form:
    hint = "what we will do, and why"
    return _entry(tui, incident, "decision", hint, evidence="what it rests on: a link, a figure")


def action(tui: IncidentdApp, incident: wire.Incident) -> Form:
    hint = "what is being done, and by whom"
    return _entry(tui, incident, "action", hint, evidence="where it can be followed: a change, a ticket")


def _entry(tui: IncidentdApp, incident: wire.Incident, kind: str, hint: str, evidence: str) -> Form:
    """Something that stands on the timeline with its writer's name."""
    fields = (
        Field(name="text", label=kind.capitalize(), multiline=True, draft=f"{kind}:{incident.id}", hint=hint),
        Field(name="evidence", label="Evidence", optional=True, hint=evidence),
    )

    async def send(values: Values) -> str:
        body = wire_incidents.AddNote(text=values["text"], kind=kind, evidence=values["evidence"])
        reason = await tui.acts.refusal(f"incident:{incident.id}", tui.acts.client.add_note(incident.id, body))
        if not reason:
            tui.say(f"✓ {kind} is on the timeline", "done")
        return reason

    effects = (f"the {kind} stands on the timeline with your name",)
    title = f"{kind.capitalize()} in INC-{incident.id}"
    return Form(tui, Plan(title=title, verb="record", fields=fields, effects=lambda _: effects, send=send))
