"""The dialogs of the incident room. Each sends the version it was opened with, so that a change in between is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd import wire
from incidentd.client import ClientError
from incidentd.wire import incidents as wire_incidents
from incidentd_tui import phrases, vocabulary
from incidentd_tui.forms import telling, unseen
from incidentd_tui.forms.base import Field, Form, Plan, Unsettled, Values
from incidentd_tui.forms.seen import Seen, take
from incidentd_tui.inert import Shown

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_NEXT = (
    ("", "by the cadence"),
    ("600", "10 min"),
    ("900", "15 min"),
    ("1800", "30 min"),
    ("3600", "1 h"),
    ("7200", "2 h"),
)


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


def role(tui: IncidentdApp, incident: wire.Incident) -> Form:
    seen = Seen(tui, incident)
    people = tuple((one, one) for one in sorted(tui.model.people))
    empty = next((name for name in vocabulary.LEADS if not tui.model.holder(incident, name)), vocabulary.LEADS[0])
    fields = (
        Field(name="role", label="Role", options=vocabulary.ROLES, value=empty),
        Field(name="person", label="Person", options=(*people, ("", "nobody")), value=tui.model.me),
    )

    def effects(values: Values) -> list[str]:
        label = vocabulary.role_label(values["role"])
        holder = tui.model.holder(incident, values["role"])
        who = values["person"] or "nobody"
        lines = [f"{label}: {holder or 'nobody'} → {who}, from now on"]
        other = (
            next(name for name in vocabulary.LEADS if name != values["role"])
            if values["role"] in vocabulary.LEADS
            else ""
        )
        if other and values["person"] and tui.model.holder(incident, other) == values["person"]:
            lines.append(f"{who} is {vocabulary.role_label(other)} as well: the rule that is broken will be shown")
        return lines

    async def send(values: Values) -> str:
        before = str(tui.model.holder(seen.current(), values["role"]))
        body = wire_incidents.AssignRole(role=values["role"], person=values["person"])
        call = tui.acts.client.assign_role(seen.id, body, if_version=seen.version)
        reason = await tui.acts.change_incident(seen.current(), call)
        if not reason:
            label = vocabulary.role_label(values["role"])
            back = wire_incidents.AssignRole(role=values["role"], person=before)
            tui.acts.can_undo(
                Shown(f"{label}: {values['person'] or 'nobody'}"),
                lambda: take(tui, seen.id, tui.acts.client.assign_role(seen.id, back)),
            )
        return seen.outcome(reason)

    return Form(
        tui, Plan(title=f"Roles of INC-{incident.id}", verb="assign", fields=fields, effects=effects, send=send)
    )


def update(tui: IncidentdApp, incident: wire.Incident) -> Form:
    """An update that others read; the time of the next one is promised with it."""
    newest = unseen.Newest()
    phase = (
        "monitoring"
        if incident.status == "mitigated"
        else "resolved"
        if incident.status == "resolved"
        else "investigating"
    )
    fields = (
        Field(
            name="text",
            label="Text",
            multiline=True,
            draft=f"update:{incident.id}",
            hint="what people notice, what is being done",
        ),
        Field(name="phase", label="Phase", options=tuple((one, one) for one in vocabulary.PHASES), value=phase),
        Field(
            name="audience",
            label="Audience",
            options=(("internal", "internal"), ("customers", "customers")),
            value="internal",
        ),
        Field(name="next", label="Next update in", options=(*_NEXT, ("never", "no further update")), value=""),
    )

    def effects(values: Values) -> list[str]:
        lines = [f"published to {values['audience']}; it cannot be taken back"]
        if values["next"] == "never":
            lines.append("no further update is promised (only with phase resolved)")
        elif values["next"]:
            lines.append(f"the next update is promised in {int(values['next']) // 60} min")
        return lines

    async def send(values: Values) -> str:
        body = wire_incidents.PostUpdate(
            text=values["text"],
            phase=values["phase"],
            audience=values["audience"],
            next_in=float(values["next"]) if values["next"].isdecimal() else None,
            final=values["next"] == "never",
            seen=newest.id,
        )
        try:
            posted = await tui.acts.gateway.ask(tui.acts.client.post_update(incident.id, body))
        except ClientError as error:
            if (newer := newest.of_conflict(error)) is not None:
                raise Unsettled(unseen.both_wrote(tui, incident, values, newer, send)) from error
            return tui.acts.reason(f"incident:{incident.id}", error)
        due = f", next at {phrases.hour(posted.next_at, tui.model.zone)}" if posted.next_at else ""
        tui.say(f"✓ update sent{due}", "done")
        return ""

    tui.run_worker(newest.look(tui, incident.id), exit_on_error=False)
    plan = Plan(
        title=f"Update on INC-{incident.id}",
        verb="send",
        fields=fields,
        effects=effects,
        send=send,
        preview=telling.of_update(tui, incident),
    )
    return Form(tui, plan)


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
