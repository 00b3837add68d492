"""`incidentctl action`: what is done after a review."""

from __future__ import annotations

from datetime import date

import click

from incidentd.cli.parts import (
    INCIDENT,
    Identifier,
    Word,
    change_options,
    list_options,
    read_options,
    say_more,
    versioned,
)
from incidentd.cli.screen import Painted, fields, hang, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import action_exports as wire_exports
from incidentd.wire import review_records as wire_records

_PATH = "/v1/actions"
_STATES = ("open", "done", "wont_do", "all")
_TONES = {"late": "bad", "open": "", "done": "good", "wont_do": "dim"}
_WORDS = {"wont_do": "won't do"}
ACTION = Identifier("A", "action")  # an alert has this letter too; which is meant says the command


class Day(click.ParamType[date]):
    """A day such as 2026-12-01."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{safe_line(str(value))!r} is not a day like 2026-12-01", param, ctx)


class Exported(click.ParamType[tuple[str, int]]):
    """An action, or the incident all of whose open actions are meant: (the path of it, its number)."""

    name = "A-5|INC-3"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        if isinstance(value, str) and value[:4].upper() == "INC-":
            number = INCIDENT.convert(value, param, ctx)
            return f"/v1/incidents/{number}/review/actions", number
        return f"{_PATH}/{(number := ACTION.convert(value, param, ctx))}", number


DAY = Day()
_worse = click.option("--worse", help="What it could make worse.")
_why = click.option("-r", "--why", default="", help="Why, in a sentence.")


@click.group()
def action() -> None:
    """Actions that came out of reviews: who does what by when."""


@action.command("list")
@click.option("--state", type=Word(_STATES), default="open", show_default=True, help="Which ones.")
@click.option("--team", default="", help="Of this team only.")
@click.option("--incident", type=INCIDENT, help="Of the review of this incident only.")
@click.option("--late", is_flag=True, help="Open ones whose day is over only.")
@click.option("--mine", is_flag=True, help="Yours only.")
@list_options
@click.pass_obj
def list_(session: Session, /, late: bool, mine: bool, **query: object) -> None:
    """List actions by the day they are due."""
    body = session.get(_PATH, **query, late=1 if late else None, mine=1 if mine else None)
    found = session.read(body, wire_records.ActionPage)
    if found is None:
        return
    rows = [
        (f"A-{one.id}", _state(one), str(one.due_on), one.owner_team, one.owner, f"INC-{one.incident_id}", one.text)
        for one in found.actions
    ]
    table(
        ("ID", "STATE", "DUE", "TEAM", "WHO", "FROM", "WHAT"), rows, empty="No action matches.", spare=("WHO", "FROM")
    )
    if found.hidden:
        hang("", safe_line(f"{found.hidden} more not shown: {found.why_hidden}"), tone="dim")
    say_more(len(rows), found.total, found.next_cursor)


def _export(one: wire_records.Action) -> str:
    return {"asked": "on its way to the forge", "failed": f"failed: {one.export_error}"}.get(one.export, "")


def _state(one: wire_records.Action) -> Painted:
    word = "late" if one.late else one.state
    return Painted(_WORDS.get(word, word), _TONES.get(word, ""))


@action.command()
@click.argument("action_id", type=ACTION)
@read_options
@click.pass_obj
def show(session: Session, action_id: int) -> None:
    """Show an action, and what is worth a second thought about it."""
    found = session.read(session.get(f"{_PATH}/{action_id}"), wire_records.Action)
    if found is None:
        return
    hang(f"A-{found.id}  ", safe_line(found.text), tone="bold")
    owner = f"{found.owner}, team {found.owner_team}" if found.owner else f"team {found.owner_team}"
    ended = f"{session.when(found.ended_at)} by {found.ended_by}" if found.ended_at else ""
    fields([
        ("state", _state(found).text), ("due", str(found.due_on)), ("owner", owner),
        ("from", f"INC-{found.incident_id} {found.title}"),
        ("factor", f"F-{found.factor_id}" if found.factor_id else ""), ("could make worse", found.worse),
        ("ended", ended), ("because", found.why), ("tracked at", found.issue), ("export", _export(found)),
        ("written", f"{session.when(found.created_at)} by {found.created_by}"), ("version", found.version),
    ])  # fmt: skip
    for warning in found.warnings:
        hang("  ! ", safe_line(warning), tone="warn")


@action.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("text")
@click.option("--team", "owner_team", required=True, help="The team that owns it.")
@click.option("--due", "due_on", type=DAY, required=True, help="The day it is due, such as 2026-12-01.")
@click.option("--owner", default="", help="Who does it; a team is enough.")
@click.option("--factor", "factor_id", type=Identifier("F", "factor"), help="The contributing factor that it is for.")
@_worse
@click.option("--idea", "idea_id", type=click.IntRange(1), help="The idea of the parking lot that it comes of.")
@change_options
@click.pass_obj
def add(session: Session, /, incident_id: int, worse: str | None, **values: object) -> None:
    """Write down what is to be done after the review of an incident: begin TEXT with a verb."""
    body = {**values, "due_on": str(values["due_on"]), "worse": worse or ""}
    path = f"/v1/incidents/{incident_id}/review/actions"
    _said(session, session.change("POST", path, {name: value for name, value in body.items() if value is not None}))


@action.command()
@click.argument("action_id", type=ACTION)
@click.option("--text", help="What is to be done.")
@click.option("--team", "owner_team", help="The team that owns it.")
@click.option("--due", "due_on", type=DAY, help="The day it is due.")
@click.option("--owner", help='Who does it; "" for nobody in particular.')
@click.option("--factor", "factor_id", type=click.IntRange(0), help="The factor that it is for; 0 for none.")
@_worse
@click.option("--issue", metavar="URL", help='Where a code forge tracks it; "" for nowhere.')
@versioned
@change_options
@click.pass_obj
def edit(session: Session, /, action_id: int, version: int | None, due_on: date | None, **values: object) -> None:
    """Change what an action says; what is left out stays."""
    body = {name: value for name, value in values.items() if value is not None}
    body |= {"due_on": str(due_on)} if due_on else {}
    if not body:
        raise click.UsageError("say what to change: --text, --team, --due, --owner, --factor, --worse or --issue")
    _said(session, session.change("PATCH", f"{_PATH}/{action_id}", body, version))


@action.command()
@click.argument("action_id", type=ACTION)
@_why
@versioned
@change_options
@click.pass_obj
def done(session: Session, action_id: int, why: str, version: int | None) -> None:
    """Say that an action is done; with --why how, or how it went."""
    _end(session, action_id, "done", why, version)


@action.command("wont-do")
@click.argument("action_id", type=ACTION)
@_why
@versioned
@change_options
@click.pass_obj
def wont_do(session: Session, action_id: int, why: str, version: int | None) -> None:
    """Say that an action will not be done, and why: that is an answer too."""
    _end(session, action_id, "wont_do", why, version)


@action.command()
@click.argument("action_id", type=ACTION)
@_why
@versioned
@change_options
@click.pass_obj
def reopen(session: Session, action_id: int, why: str, version: int | None) -> None:
    """Take an action up again."""
    _end(session, action_id, "open", why, version)


@action.command()
@click.argument("target", metavar="A-5|INC-3", type=Exported())
@click.option("--channel", default="", help="The channel that opens the issue, where there are several.")
@change_options
@click.pass_obj
def export(session: Session, target: tuple[str, int], channel: str) -> None:
    """Open an issue of a code forge for an action, or for each open one of an incident."""
    path, number = target
    body = session.change("POST", f"{path}/export", {"channel": channel})
    if path.startswith(_PATH):
        found = session.decode(body, wire_records.Action)
        session.done(body, f"A-{found.id} is on its way to the forge: incidentctl action show A-{found.id} says where")
        return
    asked = session.decode(body, wire_exports.ExportedActions)
    named = ", ".join(f"A-{one.id}" for one in asked.actions)
    none = f"No open action of INC-{number} is without an issue"
    session.done(body, f"{named}: on their way to {asked.channel}" if named else none)


def _end(session: Session, action_id: int, state: str, why: str, version: int | None) -> None:
    _said(session, session.change("POST", f"{_PATH}/{action_id}/state", {"state": state, "why": why}, version))


def _said(session: Session, body: bytes) -> None:
    found = session.decode(body, wire_records.Action)
    is_now = {"done": "is done", "wont_do": "will not be done"}.get(
        found.state, f"is open, team {found.owner_team} by {found.due_on}"
    )
    session.done(body, f"A-{found.id} {is_now}: {found.text}")
    if not session.as_json and not session.quiet:
        for warning in found.warnings:
            hang("  ! ", safe_line(warning), tone="warn")
