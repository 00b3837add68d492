"""`incidentctl hold`: what must not be removed or blanked, and why."""

from __future__ import annotations

import click

from incidentd.cli.parts import change_options, read_options
from incidentd.cli.screen import table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import retention as wire_retention

_PATH = "/v1/holds"
_ID = click.IntRange(1, 2**53)


@click.group()
def hold() -> None:
    """Legal holds: what is under one is never removed or blanked."""


@hold.command()
@click.argument("subject")
@click.option("--reason", required=True, help="Why, such as the number of the case.")
@change_options
@click.pass_obj
def add(session: Session, subject: str, reason: str) -> None:
    """Hold SUBJECT from now on, for admins: INC-12, R-3, C-4 (or incident:12 ...), or everything."""
    body = session.change("POST", _PATH, wire_retention.AddHold(subject=subject, reason=reason))
    found = session.decode(body, wire_retention.Hold)
    session.done(body, safe_line(f"hold {found.id}: {found.subject} stays as it is until the hold is released"))


@hold.command("list")
@click.option("--all", "every", is_flag=True, help="Those that were released, too.")
@read_options
@click.pass_obj
def list_(session: Session, every: bool) -> None:
    """List holds in force, the newest first."""
    found = session.read(session.get(_PATH, state="all" if every else ""), wire_retention.HoldList)
    if found is None:
        return
    rows = [
        (one.id, one.subject, session.brief(one.at), one.by, one.reason, _released(session, one)) for one in found.holds
    ]
    head = ("ID", "WHAT", f"SINCE ({session.zone})", "BY", "REASON", "RELEASED")
    table(head, rows, empty="Nothing is under hold.", spare=("RELEASED",))


def _released(session: Session, one: wire_retention.Hold) -> str:
    if one.released_at is None:
        return "-"
    return f"{session.brief(one.released_at)} by {one.released_by}: {one.released_why}"


@hold.command()
@click.argument("hold_id", type=_ID)
@click.option("--reason", required=True, help="Why it may end.")
@change_options
@click.pass_obj
def release(session: Session, hold_id: int, reason: str) -> None:
    """Release a hold, for admins; who did it, when and why stays."""
    body = session.change("POST", f"{_PATH}/{hold_id}/release", wire_retention.ReleaseHold(reason=reason))
    found = session.decode(body, wire_retention.Hold)
    session.done(body, safe_line(f"hold {found.id} ({found.subject}) is released"))
