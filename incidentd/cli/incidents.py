"""`incidentctl incident`."""

from __future__ import annotations

import click
import msgspec

from incidentd import wire
from incidentd.cli.parts import ALERT, INCIDENT, fields, json_option, listed, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.domain.severity import Severity

_SEVERITY = click.Choice([str(s.value) for s in Severity])


@click.group()
def incident() -> None:
    """Declare and handle incidents."""


@incident.command("list")
@click.option("--state", type=click.Choice(["open", "closed", "all"]), default="open", show_default=True)
@json_option
@click.pass_obj
def list_(session: Session, state: str) -> None:
    """List incidents."""
    found = session.read(session.get("/v1/incidents", state=state), wire.IncidentPage)
    if found is not None:
        rows = [(f"INC-{i.id}", i.severity.value, i.status, i.service, i.title) for i in found.incidents]
        table(("ID", "SEVERITY", "STATUS", "SERVICE", "TITLE"), rows)


@incident.command()
@click.argument("incident_id", type=INCIDENT)
@json_option
@click.pass_obj
def show(session: Session, incident_id: int) -> None:
    """Show roles, violations and updates."""
    found = session.read(session.get(f"/v1/incidents/{incident_id}"), wire.IncidentDetail)
    if found is None:
        return
    i = found.incident
    print(safe_line(f"INC-{i.id} {i.severity.value} {i.title} ({i.status})"))
    fields([("declared", session.when(i.declared_at)), ("alerts", listed(i.alert_ids, "A-"))])
    fields([(r.role, r.person) for r in i.roles])
    fields([("violation", v.text) for v in i.violations])
    fields([(session.when(u.at), f"{u.phase} to {u.audience}: {u.text}") for u in found.updates])


@incident.command()
@click.argument("title")
@click.option("--severity", type=_SEVERITY, default=str(Severity.SEV3.value), show_default=True)
@click.option("--alert", "alerts", type=ALERT, multiple=True)
@json_option
@click.pass_obj
def declare(session: Session, title: str, severity: str, alerts: tuple[int, ...]) -> None:
    """Declare an incident."""
    body = session.change("POST", "/v1/incidents", {"title": title, "severity": severity, "alert_ids": alerts})
    session.done(body, f"INC-{msgspec.json.decode(body, type=wire.Incident).id} declared")


@incident.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("to")
@click.option("--reason", default="")
@click.option("--evidence", default="")
@json_option
@click.pass_obj
def status(session: Session, incident_id: int, to: str, reason: str, evidence: str) -> None:
    """Change the status."""
    change = wire.ChangeStatus(to=to, reason=reason, evidence=evidence)
    session.done(session.change("POST", f"/v1/incidents/{incident_id}/status", change), f"INC-{incident_id} {to}")


@incident.command()
@click.argument("incident_id", type=INCIDENT)
@json_option
@click.pass_obj
def timeline(session: Session, incident_id: int) -> None:
    """Tell what happened, in order."""
    found = session.read(session.get(f"/v1/incidents/{incident_id}/timeline"), wire.Timeline)
    if found is not None:
        table(
            ("AT", "KIND", "BY", "TEXT"), [(session.when(e.observed_at), e.kind, e.by, e.text) for e in found.entries]
        )
