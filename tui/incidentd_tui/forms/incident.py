"""Dialogs about an incident: declaring it, and everything in its room that others will see."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from incidentd import wire
from incidentd.client import ClientError
from incidentd.domain.severity import Severity
from incidentd.wire import incidents as wire_incidents
from incidentd_tui import bulk, phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.bulk import confirmed
from incidentd_tui.forms.severity import MEANING, SEVERITIES, Answering
from incidentd_tui.rows import inbox
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.questionnaire import Questionnaire

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


_ASK = "ask"


def declare(tui: IncidentdApp, alerts: list[wire.Alert]) -> Form:
    """A new incident, from alerts or by hand."""
    worst = min((phrases.alert_rank(one.severity) for one in alerts), default=3)
    first = min(alerts, key=lambda one: (phrases.alert_rank(one.severity), one.starts_at), default=None)
    names = {one.name for one in tui.model.services}
    service = first.service if first else ""
    guess = f"SEV{min(worst, 4)}"
    fields = (
        Field(
            name="title",
            label="Title",
            value=inbox.alert_title(first)[:250] if first else "",
            hint="what people notice",
        ),
        Field(
            name="severity",
            label="Severity",
            options=(*SEVERITIES, (_ASK, "by questions")),
            value=guess,
            hint="unsure means the worse one",
        ),
        Field(name="service", label="Service", options=_services(names, service), value=service),
        Field(name="sure", label="Sure?", options=(("active", "active"), ("suspected", "suspected")), value="active"),
    )

    def effects(values: Values) -> list[str]:
        meaning = f"{guess} until the questions of the matrix are answered, in its room"
        if values["severity"] != _ASK:
            meaning = f"{values['severity']}: {MEANING[values['severity']]}"
        lines = [meaning, "the incident opens, and its room with it"]
        if alerts:
            lines.append(f"links {', '.join(f'A-{one.id}' for one in alerts[:8])}{' …' if len(alerts) > 8 else ''}")
        return [*lines, "can be undone for ten seconds (false alarm)"]

    async def send(values: Values) -> str:
        body = wire_incidents.DeclareIncident(
            title=values["title"][:250],
            severity=Severity(guess if values["severity"] == _ASK else values["severity"]),
            service=values["service"],
            alert_ids=tuple(one.id for one in alerts),
            suspected=values["sure"] == "suspected",
            started_at=min((one.starts_at for one in alerts), default=None),
        )
        try:
            incident = await tui.acts.gateway.ask(tui.acts.client.declare(body))
        except ClientError as error:
            return tui.acts.reason("", error)
        tui.acts.take_incident(incident)
        tui.acts.can_undo(f"INC-{incident.id} declared", lambda: _back_out(tui, incident))
        tui.call_later(tui.open_room, incident.id)
        if values["severity"] == _ASK:
            tui.call_later(tui.push_screen, Questionnaire(Answering(tui, incident, None)))
        return ""

    count = f" from {phrases.count(len(alerts), 'alert')}" if alerts else ""
    return Form(tui, Plan(title=f"New incident{count}", verb="declare", fields=fields, effects=effects, send=send))


def _services(names: set[str], service: str) -> tuple[tuple[str, str], ...]:
    found = sorted({*names, service} - {""})
    return (("", "none"), *((name, name) for name in found))


async def _back_out(tui: IncidentdApp, incident: wire.Incident) -> wire.Incident | None:
    body = wire_incidents.ChangeStatus(to="false_alarm", reason="declared by mistake, taken back at once")
    answer = await tui.acts.attempt(f"incident:{incident.id}", tui.acts.client.change_status(incident.id, body))
    if answer is not None:
        tui.acts.take_incident(answer)
    return answer


def link(tui: IncidentdApp, alert_ids: list[int]) -> None:
    """Link to the only open incident at once (it can be undone), else ask which one."""
    incidents = tui.model.open_incidents()
    if len(incidents) == 1:
        _link_to(tui, incidents[0], alert_ids)
        return
    items = [Item(str(one.id), f"INC-{one.id}  {one.severity.value}  {one.title}", one.status) for one in incidents]

    def chosen(value: str | None) -> None:
        if value is not None and (incident := tui.model.incidents.get(int(value))) is not None:
            _link_to(tui, incident, alert_ids)

    tui.push_screen(Picker(f"Link {phrases.count(len(alert_ids), 'alert')} to", items), chosen)


def _link_to(tui: IncidentdApp, incident: wire.Incident, alert_ids: list[int]) -> None:
    def act() -> Awaitable[list[int] | None]:
        return bulk.link(tui.acts, incident, alert_ids)

    many = phrases.count(len(alert_ids), "alert")
    effects = (f"INC-{incident.id} {incident.title}", f"{many} become part of it, as one entry of its timeline")
    confirmed(tui, len(alert_ids), f"Link {many} to INC-{incident.id}", "link", effects, act)
