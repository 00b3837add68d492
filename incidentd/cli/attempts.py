"""The commands of `incidentctl incident` about what is thought and tried."""

from __future__ import annotations

from datetime import datetime

import click

from incidentd.cli.fact_views import print_resembling
from incidentd.cli.parts import INCIDENT, INSTANT, Word, change_options, read_options
from incidentd.cli.screen import words
from incidentd.cli.session import Session
from incidentd.domain.attempts import OUTCOMES, STATES, attempt_text
from incidentd.wire import facts as wire_facts

_NUMBER = click.IntRange(1)
_why = click.option("-r", "--why", default="", help="Why, in a few words.")
_evidence = click.option("--evidence", default="", help="A link or a sentence.")


def _send(session: Session, incident_id: int, path: str, body: object) -> bytes:
    return session.change("POST", f"/v1/incidents/{incident_id}/{path}", body)


def _theory_said(session: Session, incident_id: int, body: bytes) -> None:
    theory = session.decode(body, wire_facts.Theory)
    session.done(body, f"INC-{incident_id} theory {theory.id} is {words(theory.state)}: {theory.text}")


def _attempt_said(session: Session, incident_id: int, body: bytes) -> None:
    tried = session.decode(body, wire_facts.Attempt)
    session.done(body, f"INC-{incident_id} attempt {tried.id}: {attempt_text(tried)}")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def resembling(session: Session, incident_id: int) -> None:
    """What was tried in earlier incidents that resemble it, and what came of it."""
    body = session.get(f"/v1/incidents/{incident_id}/resembling")
    found = session.read(body, wire_facts.ResemblingIncidents)
    if found is not None:
        print_resembling(session, found)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("text")
@change_options
@click.pass_obj
def theory(session: Session, incident_id: int, text: str) -> None:
    """Write down what may be going on."""
    _theory_said(session, incident_id, _send(session, incident_id, "theories", wire_facts.Theorise(text=text)))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("theory_id", type=_NUMBER, metavar="THEORY")
@click.argument("verdict", type=Word(("for", "against", *STATES)))
@_why
@_evidence
@change_options
@click.pass_obj
def judge(session: Session, incident_id: int, theory_id: int, verdict: str, why: str, evidence: str) -> None:
    """Say what speaks for or against a THEORY, or what you think of it now.

    for, against: evidence. supported, ruled-out, open: what is thought of it.
    """
    body = {"verdict": verdict, "why": why, "evidence": evidence}
    _theory_said(session, incident_id, _send(session, incident_id, f"theories/{theory_id}", body))


@click.command("try")
@click.argument("incident_id", type=INCIDENT)
@click.argument("text")
@click.option("--by", "person", default="", help="Who does it (default: you).")
@click.option("--at", "started_at", type=INSTANT, help="When it was begun (default: now).")
@click.option("--theory", "theory_id", type=_NUMBER, help="The theory that it follows from.")
@change_options
@click.pass_obj
def try_(
    session: Session, incident_id: int, text: str, person: str, started_at: datetime | None, theory_id: int | None
) -> None:
    """Write down that a mitigation is tried; `incident outcome` says what came of it."""
    body = wire_facts.Try(text=text, person=person, started_at=started_at, theory_id=theory_id)
    _attempt_said(session, incident_id, _send(session, incident_id, "attempts", body))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("attempt_id", type=_NUMBER, metavar="ATTEMPT")
@click.argument("came", type=Word(OUTCOMES), metavar="OUTCOME")
@click.option("--at", type=INSTANT, help="When it was seen (default: now).")
@_why
@_evidence
@change_options
@click.pass_obj
def outcome(
    session: Session, incident_id: int, attempt_id: int, came: str, at: datetime | None, why: str, evidence: str
) -> None:
    """Say what came of an ATTEMPT: worked, partly, no-effect, made-worse, undone. The last one counts."""
    body = {"outcome": came, "at": at, "why": why, "evidence": evidence}
    _attempt_said(session, incident_id, _send(session, incident_id, f"attempts/{attempt_id}", body))


ATTEMPTS: tuple[click.Command, ...] = (resembling, theory, judge, try_, outcome)
