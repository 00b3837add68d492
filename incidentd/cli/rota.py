"""`incidentctl oncall`, `people` and `services`."""

from __future__ import annotations

import click

from incidentd import wire
from incidentd.cli.parts import read_options
from incidentd.cli.screen import Painted, listed, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line


@click.command()
@click.option("--short", "--prompt", is_flag=True, help="One line for a shell prompt.")
@click.option("--me", is_flag=True, help="When you are on call: now, or next.")
@read_options
@click.pass_obj
def oncall(session: Session, short: bool, me: bool) -> None:
    """Who is on call now, and who is next."""
    found = session.read(session.get("/v1/oncall"), wire.OnCallNow)
    if found is None:
        return
    if me:
        _mine(session, found, short)
        return
    if short:
        print(safe_line(" ".join(f"{s.schedule}:{s.person or '-'}" for s in found.schedules)))
        return
    rows = [
        (s.schedule, s.person or Painted("nobody", "bad"), session.brief(s.until), s.next_person or "-",
         session.brief(s.next_at), listed(s.policies) or "-")
        for s in found.schedules
    ]  # fmt: skip
    for s in found.schedules:
        said = [(s.person, one) for one in s.warnings] + [
            (f"{s.next_person}, who is next,", one) for one in s.next_warnings
        ]
        for whom, warning in said:
            click.echo(safe_line(f"! {s.schedule}: {whom} {warning}"), err=True)
    head = ("SCHEDULE", "ON CALL", f"UNTIL ({session.zone})", "NEXT", "FROM", "POLICIES")
    table(head, rows, empty="The roster has no schedule.", spare=("POLICIES",))


def _mine(session: Session, found: wire.OnCallNow, short: bool) -> None:
    """The caller's shifts; `short`: the ones under way, else the next one."""
    now = [one for one in found.mine if one.starts_at <= found.at]
    if short:
        words = [f"{one.schedule} until {session.brief(one.ends_at)}" for one in now]
        words = words or [f"next {one.schedule} {session.brief(one.starts_at)}" for one in found.mine[:1]]
        print(safe_line(", ".join(words) or "-"))
        return
    rows = [
        (one.schedule, "now" if one in now else session.brief(one.starts_at), session.brief(one.ends_at))
        for one in found.mine
    ]
    table(("SCHEDULE", f"FROM ({session.zone})", "UNTIL"), rows, empty="You are on call in no schedule.")


@click.command()
@read_options
@click.pass_obj
def people(session: Session) -> None:
    """List the people of the roster."""
    found = session.read(session.get("/v1/people"), wire.People)
    if found is not None:
        rows = [(p.handle, p.name, p.zone, listed(p.contacts), listed(p.on_call_for)) for p in found.people]
        table(("HANDLE", "NAME", "ZONE", "CONTACTS", "ON CALL FOR"), rows, empty="The roster has nobody.")
        for p in found.people:
            for warning in p.warnings:
                click.echo(safe_line(f"{'!' if p.reachable else '!!'} {p.handle}: {warning}"), err=True)
        for problem in found.problems:
            click.echo(safe_line(f"! {problem}"), err=True)


@click.command()
@read_options
@click.pass_obj
def services(session: Session) -> None:
    """List services with their team and policy."""
    found = session.read(session.get("/v1/services"), wire.Services)
    if found is not None:
        rows = [(s.name, s.team, s.policy, listed(s.depends_on)) for s in found.services]
        table(("SERVICE", "TEAM", "POLICY", "DEPENDS ON"), rows, empty="The roster has no service.")
