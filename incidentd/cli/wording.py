"""`incidentctl wording`: what people said of the findings of the language lint."""

from __future__ import annotations

import click

from incidentd.cli.parts import Identifier, change_options, read_options
from incidentd.cli.screen import Painted, section, table
from incidentd.cli.session import Session
from incidentd.wire import wording as wire_wording

_PATH = "/v1/lint/dismissals"
WORD = Identifier("W")
_reason = click.option("--reason", required=True, help="Why; the others read it.")


@click.group()
def wording() -> None:
    """Say that wording which the language lint finds is fine here, or that the rule is right."""


@wording.command("list")
@read_options
@click.pass_obj
def list_(session: Session) -> None:
    """What people said, by phrase, and how often each rule is dismissed."""
    found = session.read(session.get(_PATH), wire_wording.Dismissals)
    if found is None:
        return
    rows = [
        (f"W-{said.id}", one.rule, one.phrase, "keep" if said.keep else "dismiss", said.by, session.brief(said.at),
         Painted(one.why, "warn" if one.muted else ""), said.reason)
        for one in found.phrases
        for said in one.verdicts
    ]  # fmt: skip
    head = ("ID", "RULE", "PHRASE", "SAID", "BY", f"AT ({session.zone})", "SO IT IS", "REASON")
    table(head, rows, empty="Nobody said anything of any wording yet.", spare=(head[5], "BY"))
    if found.rules:
        section("Rules")
        counts = [(one.rule, one.dismissed, one.kept, f"{one.rate:.0%}") for one in found.rules]
        table(("RULE", "DISMISSED", "KEPT", "DISMISSED OF ALL"), counts)


@wording.command()
@click.argument("rule")
@click.argument("phrase")
@_reason
@change_options
@click.pass_obj
def dismiss(session: Session, rule: str, phrase: str, reason: str) -> None:
    """PHRASE is fine here: you are not told of it again, and when many say so, nobody is."""
    _judge(session, rule, phrase, reason, keep=False)


@wording.command()
@click.argument("rule")
@click.argument("phrase")
@_reason
@change_options
@click.pass_obj
def keep(session: Session, rule: str, phrase: str, reason: str) -> None:
    """RULE is right about PHRASE: counts against those who dismissed it."""
    _judge(session, rule, phrase, reason, keep=True)


def _judge(session: Session, rule: str, phrase: str, reason: str, *, keep: bool) -> None:
    body = session.change("POST", _PATH, wire_wording.JudgeWording(rule=rule, phrase=phrase, reason=reason, keep=keep))
    said = " ".join(phrase.lower().split())
    found = session.decode(body, wire_wording.Dismissals)
    one = next((one for one in found.phrases if (one.rule, one.phrase) == (rule, said)), None)
    session.done(body, f"{rule} “{said}”: {one.why if one else 'noted'}")


@wording.command()
@click.argument("number", type=WORD, metavar="W-3")
@change_options
@click.pass_obj
def undo(session: Session, number: int) -> None:
    """Take your own word back."""
    body = session.change("DELETE", f"{_PATH}/{number}")
    session.decode(body, wire_wording.Dismissals)
    session.done(body, f"W-{number} is taken back")
