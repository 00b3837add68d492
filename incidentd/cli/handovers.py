"""`incidentctl handover`: how duty blocks end."""

from __future__ import annotations

import sys

import click

from incidentd import wire
from incidentd.cli.parts import HANDOVER, Word, change_options, read_options, versioned
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import Painted, section, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import handover as wire_handover

_PATH = "/v1/handovers"
_STATES = ("current", "open", "running", "draft", "sent", "accepted", "lapsed", "all")
_MOST_TEXT = 20_000
_TONES = {"draft": "warn", "sent": "warn", "accepted": "good", "lapsed": "bad"}


@click.group()
def handover() -> None:
    """Hand over your duty block, or take over from who was before you."""


@handover.command("list")
@click.option("--state", type=Word(_STATES), default="current", show_default=True, help="Which ones.")
@click.option("--schedule", default="", help="Of this schedule only.")
@click.option("--mine", is_flag=True, help="From you or to you only.")
@read_options
@click.pass_obj
def list_(session: Session, state: str, schedule: str, mine: bool) -> None:
    """List duty blocks that run, and handovers that are open."""
    given = {"state": state, "schedule": schedule, "mine": 1 if mine else None}
    found = session.read(session.get(_PATH, **given), wire_handover.HandoverList)
    if found is None:
        return
    rows = [
        (one.name, Painted(one.state, _TONES.get(one.state, "")), one.schedule, one.person, session.brief(one.ends_at),
         one.next_person or "nobody", one.form)
        for one in found.handovers
    ]  # fmt: skip
    table(("HANDOVER", "STATE", "SCHEDULE", "FROM", f"ENDS ({session.zone})", "TO", "FORM"), rows, empty="None.")


def _mine(session: Session, handover_id: int | None, *, giving: bool | None = None) -> int:
    """The one that was named, else the caller's newest that fits: `giving` from them, or to them. Raises `Failure`."""
    if handover_id is not None:
        return handover_id
    me = session.decode(session.get("/v1/info"), wire.Info).person
    body = session.get(_PATH, state="current", person=me)
    found = session.decode(body, wire_handover.HandoverList).handovers
    wanted = [
        one for one in found
        if (giving is not False and one.person == me) or (giving is not True and one.next_person == me and one.sent_at)
    ]  # fmt: skip
    if not wanted:
        raise Failure(
            f"no handover {'to' if giving is False else 'of'} {me} is open", Exit.NOT_FOUND, remedy="name one: H-3"
        )
    return min(wanted, key=lambda one: (one.state == "running", -one.id)).id  # what waits comes before what runs


@handover.command()
@click.argument("handover_id", type=HANDOVER, required=False)
@read_options
@click.pass_obj
def show(session: Session, handover_id: int | None) -> None:
    """Show one, by default yours, with its digest."""
    found = session.read(session.get(f"{_PATH}/{_mine(session, handover_id)}"), wire_handover.Handover)
    if found is None:
        return
    to = found.next_person or "nobody yet"
    print(safe_line(f"{found.name} {found.state} ({found.form}): {found.person} hands over {found.schedule} to {to}"))
    print(f"from {session.when(found.starts_at)} until {session.when(found.ends_at)}")
    if found.accepted_at:
        print(safe_line(f"accepted by {found.accepted_by} at {session.when(found.accepted_at)}"))
    elif found.sent_at and not found.finished_by:
        print(safe_line(f"sent as it was at {session.when(found.sent_at)}: {found.person} did not finish it"))
    for part in found.sections:
        section(safe_line(part.title))
        for item in part.items:
            print(f"  {safe_line(item.text)}")
        if part.more:
            print(f"  and {part.more} more")
    if not found.sections:
        print("Nothing is open.")
    if found.surprises:
        section(safe_line(f"What surprised {found.person}"))
        print(safe_text(found.surprises))


def _words(given: str | None) -> str | None:
    return sys.stdin.read(_MOST_TEXT + 1) if given == "-" else given


_message = click.option(
    "-m", "--message", "given", metavar="TEXT", help='What surprised you; "-" reads standard input.'
)


@handover.command()
@click.argument("handover_id", type=HANDOVER, required=False)
@_message
@versioned
@change_options
@click.pass_obj
def edit(session: Session, handover_id: int | None, given: str | None, version: int | None) -> None:
    """Keep what surprised you, from the first day of the block on. Without -m your $EDITOR opens."""
    number = _mine(session, handover_id, giving=True)
    words = _words(given)
    if words is None and not sys.stdin.isatty():
        raise click.UsageError("give -m TEXT: there is no terminal for an editor")
    if words is None:
        now = session.decode(session.get(f"{_PATH}/{number}"), wire_handover.Handover)
        version = version or now.version
        words = click.edit(now.surprises, extension=".md")
        if words is None:
            raise Failure("nothing was saved in the editor, nothing is changed", Exit.BAD_INPUT)
    body = session.change("PATCH", f"{_PATH}/{number}", wire_handover.EditHandover(surprises=words), version)
    kept = session.decode(body, wire_handover.Handover).name
    session.done(body, f"{kept} kept: incidentctl handover send H-{number} says that it is complete")


@handover.command()
@click.argument("handover_id", type=HANDOVER, required=False)
@_message
@versioned
@change_options
@click.pass_obj
def send(session: Session, handover_id: int | None, given: str | None, version: int | None) -> None:
    """Say that it is complete: it goes to the next one, at the end of a block that still runs."""
    number = _mine(session, handover_id, giving=True)
    wanted = wire_handover.SendHandover(surprises=_words(given))
    body = session.change("POST", f"{_PATH}/{number}/send", wanted, version)
    found = session.decode(body, wire_handover.Handover)
    to = found.next_person or "whoever comes next"
    when = f"goes to {to} at {session.when(found.ends_at)}" if found.state == "running" else f"is with {to}"
    session.done(body, f"{found.name} {when if found.sent_at or found.state == 'running' else 'waits for who follows'}")


@handover.command()
@click.argument("handover_id", type=HANDOVER, required=False)
@versioned
@change_options
@click.pass_obj
def accept(session: Session, handover_id: int | None, version: int | None) -> None:
    """Take over; by default what was handed over to you last."""
    number = _mine(session, handover_id, giving=False)
    body = session.change("POST", f"{_PATH}/{number}/accept", version=version)
    found = session.decode(body, wire_handover.Handover)
    session.done(body, f"{found.name} accepted: you have taken over {found.schedule} from {found.person}")
