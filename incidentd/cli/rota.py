"""`incidentctl oncall`, `people` and `services`."""

from __future__ import annotations

import click

from incidentd import wire
from incidentd.cli.parts import json_option, listed, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line


@click.command()
@click.option("--prompt", is_flag=True, help="One line for a shell prompt.")
@json_option
@click.pass_obj
def oncall(session: Session, prompt: bool) -> None:
    """Who is on call now, and who is next."""
    found = session.read(session.get("/v1/oncall"), wire.OnCallNow)
    if found is None:
        return
    if prompt:
        print(safe_line(" ".join(f"{s.schedule}:{s.person or '-'}" for s in found.schedules)))
        return
    rows = [(s.schedule, s.person or "nobody", session.when(s.until), s.next_person or "-") for s in found.schedules]
    table(("SCHEDULE", "ON CALL", "UNTIL", "NEXT"), rows)


@click.command()
@json_option
@click.pass_obj
def people(session: Session) -> None:
    """List the people of the roster."""
    found = session.read(session.get("/v1/people"), wire.People)
    if found is not None:
        rows = [(p.handle, p.name, p.zone, listed(p.contacts), listed(p.on_call_for)) for p in found.people]
        table(("HANDLE", "NAME", "ZONE", "CONTACTS", "ON CALL FOR"), rows)
        for problem in found.problems:
            click.echo(safe_line(problem), err=True)


@click.command()
@json_option
@click.pass_obj
def services(session: Session) -> None:
    """List services with their team and policy."""
    found = session.read(session.get("/v1/services"), wire.Services)
    if found is not None:
        table(("SERVICE", "TEAM", "POLICY"), [(s.name, s.team, s.policy) for s in found.services])
