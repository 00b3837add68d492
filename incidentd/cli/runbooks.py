"""`incidentctl runbook`: what an alarm of incidentd itself means and how to mend it. It asks no daemon."""

from __future__ import annotations

import difflib

import click

from incidentd import runbooks
from incidentd.cli.jsontext import indented
from incidentd.cli.parts import read_options
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import table, toned
from incidentd.cli.session import Session
from incidentd.domain.alarm_kinds import kind_of


@click.command()
@click.argument("code", required=False)
@read_options
@click.pass_obj
def runbook(session: Session, code: str | None) -> None:
    """What an alarm of incidentd itself means and how to mend it; without CODE the list of all.

    `incidentctl health` shows the codes. Works without the daemon and without a network.
    """
    if code is None:
        _print_list(session)
        return
    text = runbooks.page(code)
    if text is None:
        close = difflib.get_close_matches(code, runbooks.codes(), 1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise Failure(f"there is no runbook for {code!r}: {hint}`incidentctl runbook` lists them all", Exit.NOT_FOUND)
    if session.as_json:
        click.echo(indented({**_said(code), "markdown": text}))
    else:
        click.echo(text.rstrip())


def _said(code: str) -> dict[str, str]:
    kind = kind_of(code)
    return {"code": code, "severity": kind.severity, "title": kind.title}


def _print_list(session: Session) -> None:
    known = [_said(code) for code in runbooks.codes()]
    if session.as_json:
        click.echo(indented({"runbooks": known}))
        return
    rows = [(one["code"], toned(one["severity"]), one["title"]) for one in known]
    table(("CODE", "SEVERITY", "WHAT IT MEANS"), rows)
