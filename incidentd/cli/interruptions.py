"""`incidentctl interruption`: somebody on project work was pulled into reactive work."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import click

from incidentd.cli.parts import INSTANT, Word, change_options, read_options
from incidentd.cli.screen import table, words
from incidentd.cli.session import Session
from incidentd.wire import protection as wire_protection

_REASON = Word(get_args(wire_protection.GivenReason))
_SOURCE = Word(["incident", "chat", "mail", "call", "in_person", "other"])


@click.group()
def interruption() -> None:
    """Interruptions of those on project work; pages record theirs themselves."""


@interruption.command()
@click.argument("person", default="")
@click.option("-r", "--reason", type=_REASON, required=True, help="Why it was somebody on project work.")
@click.option("--service", default="", help="What it was about.")
@click.option("--source", type=_SOURCE, default="other", show_default=True, help="How they were reached.")
@click.option("-m", "--note", default="", help="In a few words; wanted for the reason other.")
@click.option("--at", type=INSTANT, help="When (default: now), within the last 14 days.")
@change_options
@click.pass_obj
def record(session: Session, /, person: str, at: datetime | None, **texts: str) -> None:
    """Record that PERSON (you, by default) was pulled in."""
    body = session.change("POST", "/v1/interruptions", {"person": person, "at": at, **texts})
    one = session.decode(body, wire_protection.Interruption)
    session.done(body, f"interruption {one.id}: {one.person} at {session.when(one.at)}, {words(one.reason)}")


@interruption.command("list")
@click.argument("team", default="")
@click.option("--days", type=click.IntRange(1, 366), default=28, show_default=True, metavar="N", help="How far back.")
@read_options
@click.pass_obj
def list_(session: Session, team: str, days: int) -> None:
    """List interruptions of TEAM (or of all), the newest first."""
    found = session.read(session.get("/v1/interruptions", team=team, days=str(days)), wire_protection.Interruptions)
    if found is None:
        return
    rows = [
        (one.id, session.brief(one.at), one.person, one.service or "-", words(one.source), words(one.reason),
         one.subject.replace("page:", "P-") or "-", ("withdrawn: " if one.withdrawn else "") + one.note)
        for one in found.interruptions
    ]  # fmt: skip
    head = ("ID", f"AT ({session.zone})", "PERSON", "SERVICE", "BY", "WHY", "ABOUT", "NOTE")
    table(head, rows, empty="Nobody on project work was interrupted.")


@interruption.command()
@click.argument("number", metavar="ID", type=click.IntRange(1))
@click.option("-m", "--note", default="", help="Why it was none.")
@change_options
@click.pass_obj
def withdraw(session: Session, number: int, note: str) -> None:
    """Say that it was none, or was recorded twice: it no longer counts."""
    body = session.change("POST", f"/v1/interruptions/{number}/withdraw", {"note": note})
    one = session.decode(body, wire_protection.Interruption)
    session.done(body, f"interruption {one.id} of {one.person} is withdrawn")
