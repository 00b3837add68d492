"""`incidentctl rest`: what is offered after a heavy shift."""

from __future__ import annotations

import click

from incidentd.cli.parts import Word, change_options, read_options
from incidentd.cli.screen import Painted, table
from incidentd.cli.session import Session
from incidentd.wire import rest as wire_rest

_PATH = "/v1/rests"
_STATES = ("open", "offered", "taken", "declined", "over", "all")


@click.group()
def rest() -> None:
    """Rest after a heavy shift: a late start, relief, the next block skipped."""


@rest.command("list")
@click.option("--state", type=Word(_STATES), default="open", show_default=True, help="Which ones.")
@click.option("--mine", is_flag=True, help="Yours only.")
@read_options
@click.pass_obj
def list_(session: Session, state: str, mine: bool) -> None:
    """List who should rest, and why."""
    found = session.read(session.get(_PATH, state=state, mine=1 if mine else None), wire_rest.RestList)
    if found is None:
        return
    rows = [
        (str(one.id), Painted(one.state, "warn" if one.state == "offered" else ""), one.person,
         session.brief(one.start_at), one.text)
        for one in found.rests
    ]  # fmt: skip
    table(("ID", "STATE", "WHO", f"REST UNTIL ({session.zone})", "WHY"), rows, empty="Nobody has to rest.")


@rest.command()
@click.argument("rest_id", metavar="ID", type=click.IntRange(1))
@click.option("--late", is_flag=True, help="Start late: your team sees it.")
@click.option("--relief", is_flag=True, help="Ask the others to take your pager for the rest of the block.")
@click.option("--skip-next", is_flag=True, help="Ask the others to take your next block.")
@change_options
@click.pass_obj
def take(session: Session, rest_id: int, late: bool, relief: bool, skip_next: bool) -> None:
    """Take what is offered to you; any of it, and more of it later."""
    if not (late or relief or skip_next):
        raise click.UsageError("say what: --late, --relief or --skip-next")
    _answered(session, rest_id, wire_rest.AnswerRest(late=late, relief=relief, skip_next=skip_next))


@rest.command()
@click.argument("rest_id", metavar="ID", type=click.IntRange(1))
@change_options
@click.pass_obj
def decline(session: Session, rest_id: int) -> None:
    """Say that you need nothing of it."""
    _answered(session, rest_id, wire_rest.AnswerRest(decline=True))


def _answered(session: Session, rest_id: int, answer: wire_rest.AnswerRest) -> None:
    body = session.change("POST", f"{_PATH}/{rest_id}/answer", answer)
    found = session.decode(body, wire_rest.Rest)
    session.done(body, f"{found.state}: {found.text}")
