"""`incidentctl incident`: list, show and timeline; what changes an incident is in `incident_changes`."""

from __future__ import annotations

import click

from incidentd import wire
from incidentd.cli.attachments import ATTACHMENTS
from incidentd.cli.attempts import ATTEMPTS
from incidentd.cli.impact import IMPACT
from incidentd.cli.incident_changes import CHANGES
from incidentd.cli.incident_life import LIFE
from incidentd.cli.incident_roles import ROLE_COMMANDS
from incidentd.cli.incident_room import ROOM
from incidentd.cli.incident_updates import UPDATES
from incidentd.cli.incident_views import print_incident, print_timeline
from incidentd.cli.parts import INCIDENT, list_options, read_options, say_more
from incidentd.cli.screen import Painted, listed, table, toned, words
from incidentd.cli.session import Session
from incidentd.wire import incidents as wire_incidents


@click.group()
def incident() -> None:
    """Declare and handle incidents."""


for one in (*CHANGES, *ROLE_COMMANDS, *UPDATES, *LIFE, *ROOM, *IMPACT, *ATTEMPTS, *ATTACHMENTS):
    incident.add_command(one)


def _row(session: Session, i: wire.Incident) -> tuple[object, ...]:
    leads = listed(one.person for one in i.roles if one.role == "mitigation_lead")
    rules = Painted(str(len(i.violations)), "warn") if i.violations else "-"
    status = Painted(words(i.status), toned(i.status).tone)
    severity = toned(i.severity.value)
    return f"INC-{i.id}", severity, status, i.service or "-", session.brief(i.started_at), leads or "-", rules, i.title


@incident.command("list")
@click.option("--state", type=click.Choice(["open", "closed", "all"]), default="open", show_default=True)
@click.option("-q", "--query", "--search", "q", default="", help="Words to look for.")
@click.option("--process", default="", metavar="V-3", help="Declared under this version of the process (or its hash).")
@list_options
@click.pass_obj
def list_(session: Session, /, **query: object) -> None:
    """List incidents."""
    found = session.read(session.get("/v1/incidents", **query), wire.IncidentPage)
    if found is None:
        return
    head = ("ID", "SEVERITY", "STATUS", "SERVICE", f"STARTED ({session.zone})", "LEAD", "RULES BROKEN", "TITLE")
    table(
        head,
        [_row(session, one) for one in found.incidents],
        empty="No incident matches.",
        spare=("STARTED", "RULES", "SERVICE"),
    )
    say_more(len(found.incidents), found.total, found.next_cursor)


@incident.command()
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def show(session: Session, incident_id: int) -> None:
    """Show an incident: roles, rules that are broken, updates, what may come next."""
    found = session.read(session.get(f"/v1/incidents/{incident_id}"), wire_incidents.IncidentDetail)
    if found is not None:
        print_incident(session, found)


@incident.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--pinned", is_flag=True, help="Only what somebody pinned.")
@click.option("--numbers", is_flag=True, help="The number of each entry.")
@click.option("--full", is_flag=True, help="The exact text of every message that was sent.")
@read_options
@click.pass_obj
def timeline(session: Session, incident_id: int, pinned: bool, numbers: bool, full: bool) -> None:
    """Tell what happened, in order."""
    body = session.get(f"/v1/incidents/{incident_id}/timeline")
    if session.as_json and not pinned:
        session.print_json(body)
        return
    entries = tuple(one for one in session.decode(body, wire.Timeline).entries if one.pinned or not pinned)
    if session.as_json:
        session.print_value(wire.Timeline(entries=entries))
        return
    detail = session.decode(session.get(f"/v1/incidents/{incident_id}"), wire_incidents.IncidentDetail)
    print_timeline(session, detail.incident, entries, full=full, numbers=numbers)
