"""`incidentctl process retro`: which there are, one as its participants see it, and what people do in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import click

from incidentd.cli.incident_changes import text_given
from incidentd.cli.parts import (
    INSTANT,
    Identifier,
    Word,
    change_options,
    list_options,
    read_options,
    say_more,
    versioned,
)
from incidentd.cli.process_ideas import ABOUT, ANONYMOUS, named, stands, told
from incidentd.cli.retro_topics import topic, vote
from incidentd.cli.screen import Painted, fields, hang, listed, section, table, words
from incidentd.cli.session import Session
from incidentd.cli.workshop_words import print_guide, stepper, time_left
from incidentd.domain.display import safe_line
from incidentd.wire import experiments as wire

_PATH = "/v1/process/retros"
RETRO = Identifier("PR", "process_retro")
_HELD = ("running", "paused")
_STATES = ("open", "due", "held", "running", "paused", "finished", "all")


@click.group()
def retro() -> None:
    """Process retros: how it went, what got in our way, what we try next."""


@retro.command("list")
@click.option(
    "--state", type=Word(_STATES), default="all", show_default=True, help="held: running or paused; open: or due."
)
@list_options
@click.pass_obj
def list_(session: Session, /, **query: object) -> None:
    """List process retros, the newest first."""
    found = session.read(session.get(_PATH, **query), wire.RetroPage)
    if found is None:
        return
    rows = [
        (f"PR-{one.id}", _state(one), one.team or "all", words(one.step) if one.state in _HELD else "-",
         one.facilitator or "-", one.people, listed(f"X-{number}" for number in one.experiments) or "-", one.why)
        for one in found.retros
    ]  # fmt: skip
    head = ("ID", "STATE", "TEAM", "STEP", "DRIVEN BY", "PEOPLE", "EXPERIMENTS", "WHY")
    table(head, rows, empty="None yet: incidentctl process retro start", spare=("PEOPLE", "TEAM", "EXPERIMENTS"))
    say_more(len(rows), found.total, found.next_cursor)


def _state(one: wire.Retro) -> Painted:
    return Painted(one.state, {"due": "warn", "finished": "dim"}.get(one.state, ""))


@retro.command()
@click.argument("retro_id", type=RETRO)
@read_options
@click.pass_obj
def show(session: Session, retro_id: int) -> None:
    """Show a process retro: its step, its time, who is there, what was written, and what is hidden still."""
    found = session.read(session.get(f"{_PATH}/{retro_id}"), wire.RetroView)
    if found is None:
        return
    row = found.retro
    hang("", safe_line(f"PR-{row.id}: process retro ({row.state}), {row.why}"), tone="bold")
    if row.state in _HELD:
        hang("", stepper(found.steps, row.step))
        print_guide(found.steps, row.step)
    since = session.when(row.since, "%Y-%m-%d") if row.since else "the beginning"
    fields([
        ("time", time_left(row)), ("driven by", row.facilitator if row.started_at else ""), ("team", row.team),
        ("figures", f"{since} to {session.when(row.until, '%Y-%m-%d')}"), ("hidden", listed(_hidden(found))),
        ("held", session.when(row.finished_at, "until %a %Y-%m-%d %H:%M %Z") if row.finished_at else ""),
        ("outcome", row.outcome),
    ])  # fmt: skip
    _people(session, found)
    _topics(found)
    _ideas(found)
    _experiments(found)
    if row.state == "due":
        hang("", "Begin it when people are there: incidentctl process retro start")


def _hidden(found: wire.RetroView) -> list[str]:
    """What the caller does not see yet."""
    parts = []
    if found.ideas_hidden:
        parts.append(f"{found.ideas_hidden} {'idea' if found.ideas_hidden == 1 else 'ideas'} of others")
    if found.topics and not found.votes_shown:
        parts.append("the votes of others")
    return parts


def _people(session: Session, found: wire.RetroView) -> None:
    row, rows = found.retro, []
    for one in found.participants:
        is_here = "left" if one.left_at else "drives" if one.person == row.facilitator else "here"
        done = Painted("done", "good") if one.done_step == row.step and not one.left_at else ""
        rows.append((one.person, is_here, done, one.ideas, one.votes_left, session.brief(one.joined_at)))
    if rows:
        section("Who takes part")
        table(("PERSON", "IS", "THIS STEP", "IDEAS", "VOTES LEFT", f"JOINED ({session.zone})"), rows, empty="")


def _topics(found: wire.RetroView) -> None:
    if not found.topics:
        return
    section("Topics")
    chosen = Painted("chosen", "good")
    rows = [
        (one.id, "-" if one.votes is None else one.votes, one.mine or "-", chosen if one.chosen else "",
         listed(f"PI-{number}" for number in one.ideas), one.text)
        for one in found.topics
    ]  # fmt: skip
    table(("TOPIC", "VOTES", "YOURS", "", "IDEAS", "WHAT"), rows, empty="", spare=("IDEAS",))
    for one in found.topics:
        if one.notes:
            hang(f"  {one.id}  ", one.notes)


def _ideas(found: wire.RetroView) -> None:
    loose = {number for one in found.topics for number in one.ideas}
    rows = [
        (f"PI-{one.id}", stands(one), one.by or "-", named(one.about), one.text)
        for one in found.ideas
        if one.id not in loose
    ]
    if rows:
        section("Ideas")
        table(("ID", "STATE", "BY", "ABOUT", "WHAT"), rows, empty="", spare=("STATE", "BY"))


def _experiments(found: wire.RetroView) -> None:
    if found.experiments:
        section("Experiments")
        rows = [(f"X-{one.id}", one.state, str(one.ends_on), one.title) for one in found.experiments]
        table(("ID", "STATE", "UNTIL", "WHAT"), rows, empty="")


# ------------------------------------------------------------------ what people do in it
def _said(session: Session, body: bytes) -> None:
    """Say where it stands after an act."""
    found = session.decode(body, wire.RetroView)
    row = found.retro
    if row.state not in _HELD:
        session.done(body, f"PR-{row.id} was held; what was agreed: {row.outcome or 'nothing was written'}")
        return
    title = next((one.title for one in found.steps if one.name == row.step), words(row.step))
    session.done(body, f"PR-{row.id} is at {title} ({time_left(row)})")
    if not (session.as_json or session.quiet):
        waiting = [one.person for one in found.participants if not one.left_at and one.done_step != row.step]
        here = [one for one in found.participants if not one.left_at]
        if len(waiting) < len(here):
            hang("  ", f"not done yet: {listed(waiting)}" if waiting else "everybody is done")
        if hidden := _hidden(found):
            hang("  ", f"hidden still: {listed(hidden)}")


def _drive(session: Session, retro_id: int, version: int | None = None, /, **order: object) -> None:
    _said(session, session.change("POST", f"{_PATH}/{retro_id}/drive", order, version))


def _part(session: Session, retro_id: int, act: str) -> None:
    _said(session, session.change("POST", f"{_PATH}/{retro_id}/part", {"act": act}))


@retro.command()
@click.option("--team", default="", help="Of this team only; without it of all.")
@click.option("--since", type=INSTANT, help="What its figures cover (default: from the retro before).")
@click.option("--facilitator", help="Who drives it (default: you).")
@change_options
@click.pass_obj
def start(session: Session, team: str, since: datetime | None, facilitator: str | None) -> None:
    """Begin the process retro that is due, or one by hand."""
    wanted = wire.StartRetro(team=team, since=since, facilitator=facilitator)
    _said(session, session.change("POST", _PATH, wanted))


_Act = Literal["next", "back", "pause", "resume", "reveal"]
_DRIVEN: tuple[tuple[_Act, str], ...] = (
    ("next", "Go on to the next step; what was hidden in this one is shown."),
    ("back", "Go back a step. What was shown stays so."),
    ("pause", "Stop for now, for minutes or for days; what is left of the step is kept."),
    ("resume", "Go on where it was paused."),
    ("reveal", "Show the ideas, or the votes, although somebody is not done."),
)


def _driven(name: _Act, text: str) -> click.Command:
    """A command that gives one order of the facilitator."""

    @retro.command(name, help=text)
    @click.argument("retro_id", type=RETRO)
    @versioned
    @change_options
    @click.pass_obj
    def command(session: Session, retro_id: int, version: int | None) -> None:
        _drive(session, retro_id, version, act="show" if name == "reveal" else name)

    return command


for _name, _text in _DRIVEN:
    _driven(_name, _text)


@retro.command()
@click.argument("retro_id", type=RETRO)
@click.argument("minutes", type=click.FloatRange(0, 180, min_open=True))
@versioned
@change_options
@click.pass_obj
def extend(session: Session, retro_id: int, minutes: float, version: int | None) -> None:
    """Give the step MINUTES more."""
    _drive(session, retro_id, version, act="extend", minutes=minutes)


@retro.command()
@click.argument("retro_id", type=RETRO)
@click.argument("person", metavar="HANDLE")
@change_options
@click.pass_obj
def hand(session: Session, retro_id: int, person: str) -> None:
    """Let HANDLE drive it from now on; `me` takes over when nobody drives, or whoever does is gone."""
    _drive(session, retro_id, act="hand", to=person)


@retro.command()
@click.argument("retro_id", type=RETRO)
@click.option("--outcome", default="", help='What was agreed, in words; "-" reads standard input.')
@change_options
@click.pass_obj
def finish(session: Session, retro_id: int, outcome: str) -> None:
    """End it; ideas that were no topic wait for the next one."""
    _drive(session, retro_id, act="finish", outcome=text_given(outcome))


@retro.command()
@click.argument("retro_id", type=RETRO)
@change_options
@click.pass_obj
def join(session: Session, retro_id: int) -> None:
    """Take part from now on, also late, or again."""
    _part(session, retro_id, "join")


@retro.command()
@click.argument("retro_id", type=RETRO)
@change_options
@click.pass_obj
def leave(session: Session, retro_id: int) -> None:
    """Take part no longer; what you wrote stays."""
    _part(session, retro_id, "leave")


@retro.command()
@click.argument("retro_id", type=RETRO)
@click.option("--not-yet", is_flag=True, help="Not done after all.")
@change_options
@click.pass_obj
def done(session: Session, retro_id: int, not_yet: bool) -> None:
    """Say that you are done with the step; when everybody is, ideas or votes are shown."""
    _part(session, retro_id, "not_done" if not_yet else "done")


@retro.command()
@click.argument("retro_id", type=RETRO)
@click.argument("text")
@ABOUT
@ANONYMOUS
@change_options
@click.pass_obj
def idea(session: Session, /, retro_id: int, text: str, **given: Any) -> None:
    """Write an idea in silence; others read it when all are shown."""
    wanted = wire.KeepIdea(text=text_given(text), **given)
    told(session, session.change("POST", f"{_PATH}/{retro_id}/ideas", wanted))


for _command in (topic, vote):
    retro.add_command(_command)
