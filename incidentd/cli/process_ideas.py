"""`incidentctl process idea`: what got in our way, kept for the next process retro."""

from __future__ import annotations

from typing import Any

import click

from incidentd.cli.incident_changes import text_given
from incidentd.cli.parts import Identifier, Word, change_options, list_options, say_more, versioned
from incidentd.cli.screen import table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import experiments as wire

_PATH = "/v1/process/ideas"
IDEA = Identifier("PI", "process_idea")
_INCIDENT = Identifier("INC")


class _About(click.ParamType[str]):
    """What an idea is about: INC-3, or a subject such as page:7."""

    name = "INC-3"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if text.upper().startswith("INC-"):
            return f"incident:{_INCIDENT.convert(text, param, ctx)}"
        kind, colon, what = text.partition(":")
        if text and not (colon and kind.isascii() and kind.islower() and what):
            self.fail(f"{safe_line(text)!r} is not like INC-3 or page:7", param, ctx)
        return text


ABOUT = click.option("--about", type=_About(), default="", help="Where it was: INC-3, or a subject such as page:7.")
ANONYMOUS = click.option(
    "--anonymous", is_flag=True, help="Without your name: it is stored nowhere, so the idea is nobody's afterwards."
)


class _WordsFirst(click.Group):
    """`process idea "it rings at dinner"` is short for `process idea add ...`: no command has a blank in it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and any(" " in one.strip() for one in args) and args[0] not in self.commands:
            args = ["add", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_WordsFirst)
def idea() -> None:
    """What got in our way, kept for the next process retro: incidentctl process idea "the pager rings at dinner"."""


@idea.command()
@click.argument("text")
@ABOUT
@ANONYMOUS
@change_options
@click.pass_obj
def add(session: Session, text: str, about: str, anonymous: bool) -> None:
    """Keep an idea; "-" reads standard input."""
    wanted = wire.KeepIdea(text=text_given(text), about=about, anonymous=anonymous)
    told(session, session.change("POST", _PATH, wanted))


def told(session: Session, body: bytes) -> None:
    """Say that an idea was kept."""
    found = session.decode(body, wire.ProcessIdea)
    session.done(body, f"PI-{found.id} is kept{'' if found.by else ', without a name'}: {found.text}")


@idea.command("list")
@click.option("--state", type=Word(("open", "taken", "dropped", "all")), default="open", show_default=True)
@click.option("--mine", is_flag=True, help="Yours only.")
@list_options
@click.pass_obj
def list_(session: Session, /, mine: bool, **query: object) -> None:
    """List ideas, the newest first."""
    found = session.read(session.get(_PATH, **query, mine=1 if mine else None), wire.ProcessIdeaPage)
    if found is None:
        return
    print_ideas(session, found.ideas)
    say_more(len(found.ideas), found.total, found.next_cursor)


def print_ideas(session: Session, ideas: tuple[wire.ProcessIdea, ...]) -> None:
    """A table of ideas."""
    rows = [
        (f"PI-{one.id}", stands(one), one.by or "-", named(one.about), session.brief(one.at), one.text) for one in ideas
    ]
    head = ("ID", "STATE", "BY", "ABOUT", f"WRITTEN ({session.zone})", "WHAT")
    table(head, rows, empty="No idea is kept.", spare=("WRITTEN", "BY"))


def stands(one: wire.ProcessIdea) -> str:
    """Where an idea stands, in words."""
    if one.state == "taken":
        return f"PR-{one.retro_id}"
    return f"dropped: {one.why}" if one.state == "dropped" else one.state


def named(about: str) -> str:
    """What an idea is about, as people call it."""
    return about.replace("incident:", "INC-") or "-"


@idea.command()
@click.argument("idea_id", type=IDEA)
@click.option("-r", "--why", required=True, help="Why nothing comes of it.")
@versioned
@change_options
@click.pass_obj
def drop(session: Session, idea_id: int, why: str, version: int | None) -> None:
    """Say that nothing comes of an idea, and why: that is an answer too."""
    body = session.change("POST", f"{_PATH}/{idea_id}/drop", wire.DropProcessIdea(why=why), version)
    session.done(body, f"PI-{idea_id} is dropped: {why}")
