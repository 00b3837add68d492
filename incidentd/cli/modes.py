"""`incidentctl mode`: who is in support and who on project work."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from incidentd.cli.mode_plans import plan
from incidentd.cli.parts import AHEAD, INSTANT, Word, change_options, read_options, versioned
from incidentd.cli.screen import Painted, listed, section, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import modes as wire_modes

_MODE = Word(["support", "project"])
_WEEK = 7  # days


@click.group()
def mode() -> None:
    """Modes: who is in support, and who is left alone on project work."""


@mode.command()
@click.argument("team", default="")
@click.option("--from", "begin", type=INSTANT, help="Blocks from when on (default: now).")
@click.option("--weeks", type=click.IntRange(1, 52), default=13, show_default=True, metavar="N", help="Of how long.")
@read_options
@click.pass_obj
def show(session: Session, team: str, begin: datetime | None, weeks: int) -> None:
    """Show who of TEAM (or of all) is in which mode now and next, and the blocks that are planned."""
    start = begin or datetime.now().astimezone()
    given = {"team": team, "starts_at": start.isoformat(), "ends_at": (start + timedelta(weeks=weeks)).isoformat()}
    found = session.read(session.get("/v1/modes", **given), wire_modes.Modes)
    if found is None:
        return
    rows = [
        (p.person, _toned(p.mode), session.brief(p.until), p.next_mode or "-", session.brief(p.next_at),
         listed(p.teams) or "-")
        for p in found.people
    ]  # fmt: skip
    head = ("PERSON", "MODE", f"UNTIL ({session.zone})", "NEXT", "FROM", "TEAMS")
    table(head, rows, empty="The roster has nobody.")
    for one in found.teams:
        if one.wanted:
            share = f"{len(one.support)} of {one.wanted} wanted ({one.support_percent} %)"
            print(safe_line(f"team {one.team}: in support {share}, on project work {len(one.project)}"))
    if found.blocks:
        section("Blocks")
        blocks = [
            (b.id, b.person, b.mode, session.brief(b.starts_at), session.brief(b.ends_at), b.by, b.reason)
            for b in found.blocks
        ]
        table(("ID", "PERSON", "MODE", f"FROM ({session.zone})", "UNTIL", "BY", "REASON"), blocks, empty="None.")
    for warning in found.warnings:
        click.echo(safe_line(f"! {warning.text}"), err=True)


def _toned(name: str) -> Painted:
    return Painted(name or "-", {"support": "warn", "project": "good"}.get(name, "dim"))


_reason = click.option("-r", "--reason", default="", help="Why; wanted where less than a week is left.")
_block = click.argument("block_id", metavar="ID", type=click.IntRange(1))


def _told(session: Session, body: bytes, block: wire_modes.ModeBlock) -> None:
    over = " is taken back" if block.cancelled else ""
    span = f"from {session.when(block.starts_at)} until {session.when(block.ends_at)}"
    session.done(body, f"block {block.id}{over}: {block.person} is in {block.mode} mode {span}")


@mode.command("set")
@click.argument("person")
@click.argument("name", metavar="support|project", type=_MODE)
@click.option("--from", "begin", type=AHEAD, help="From when (default: now).")
@click.option("--weeks", type=click.IntRange(1, 52), metavar="N", help="How many weeks.  [default: 1]")
@click.option("--days", type=click.IntRange(1, 366), metavar="N", help="How many days, instead of --weeks.")
@click.option("--until", type=AHEAD, help="Until when, instead of --weeks.")
@_reason
@change_options
@click.pass_obj
def set_mode(
    session: Session,
    person: str,
    name: str,
    begin: datetime | None,
    weeks: int | None,
    days: int | None,
    until: datetime | None,
    reason: str,
) -> None:
    """Put PERSON in a mode for a time: what they were to be in then gives way."""
    if sum(one is not None for one in (weeks, days, until)) > 1:
        raise click.UsageError("give --weeks, --days or --until, one of them")
    lasts = None if until else days or (weeks or 1) * _WEEK
    asked = {"person": person, "mode": name, "starts_at": begin, "ends_at": until, "days": lasts, "reason": reason}
    body = session.change("POST", "/v1/modes", asked)
    _told(session, body, session.decode(body, wire_modes.ModeBlock))


@mode.command()
@_block
@click.option("--to", "name", type=_MODE, help="Another mode.")
@click.option("--from", "begin", type=AHEAD, help="Another beginning.")
@click.option("--until", type=AHEAD, help="Another end.")
@_reason
@versioned
@change_options
@click.pass_obj
def change(
    session: Session,
    block_id: int,
    name: str | None,
    begin: datetime | None,
    until: datetime | None,
    reason: str,
    version: int | None,
) -> None:
    """Change the mode or the bounds of a block."""
    asked = {"mode": name, "starts_at": begin, "ends_at": until, "reason": reason}
    body = session.change("PATCH", f"/v1/modes/{block_id}", asked, version)
    _told(session, body, session.decode(body, wire_modes.ModeBlock))


@mode.command()
@_block
@click.option("--at", type=AHEAD, help="When (default: now).")
@click.option(
    "--then",
    type=click.Choice(["support", "project", "none"]),
    help="The mode for the rest of it (default: the other one).",
)
@_reason
@versioned
@change_options
@click.pass_obj
def split(
    session: Session, block_id: int, at: datetime | None, then: str | None, reason: str, version: int | None
) -> None:
    """End a block early, and begin the other mode for the rest of it."""
    body = session.change(
        "POST", f"/v1/modes/{block_id}/split", {"at": at, "then": then or "", "reason": reason}, version
    )
    found = session.decode(body, wire_modes.ModeSplit)
    rest = f", then {found.rest.mode} (block {found.rest.id})" if found.rest else ""
    ends = session.when(found.first.ends_at)
    session.done(body, f"block {block_id}: {found.first.person} is in {found.first.mode} mode until {ends}{rest}")


@mode.command()
@_block
@_reason
@versioned
@change_options
@click.pass_obj
def remove(session: Session, block_id: int, reason: str, version: int | None) -> None:
    """Take a block back; one that has begun ends now."""
    body = session.change("POST", f"/v1/modes/{block_id}/end", {"reason": reason}, version)
    _told(session, body, session.decode(body, wire_modes.ModeBlock))


mode.add_command(plan)
