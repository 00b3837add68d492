"""The commands of `incidentctl review open-early`: one asks with a reason, a second person grants it."""

from __future__ import annotations

import click

from incidentd.cli.parts import INCIDENT, change_options
from incidentd.cli.screen import hang
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import review_window as wire_review


@click.group("open-early")
def open_early() -> None:
    """Hold it before people rested: one asks with a reason, a second person grants it."""


@open_early.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--reason", required=True, help="Why it cannot wait; it stays beside the review.")
@change_options
@click.pass_obj
def ask(session: Session, incident_id: int, reason: str) -> None:
    """Ask that it may be held before the floor."""
    body = session.change("POST", _path(incident_id), wire_review.AskOpening(reason=reason))
    session.done(body, f"INC-{incident_id}: asked; a second person grants it: incidentctl review open-early grant")


@open_early.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--why", default="", help="Why you agree.")
@change_options
@click.pass_obj
def grant(session: Session, incident_id: int, why: str) -> None:
    """Grant what somebody else asked for: it may be held from now on. Says who had no night to rest."""
    body = _answer(session, incident_id, "granted", why)
    found = session.decode(body, wire_review.ReviewWindow)
    session.done(body, f"INC-{incident_id}: {found.openings[-1].text if found.openings else 'opened early'}")
    if not session.as_json:
        for warning in found.not_rested:
            hang("  ! ", safe_line(warning), tone="warn")


@open_early.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--why", default="", help="Why it can wait.")
@change_options
@click.pass_obj
def decline(session: Session, incident_id: int, why: str) -> None:
    """Say that it waits until people rested."""
    body = _answer(session, incident_id, "declined", why)
    session.done(body, f"INC-{incident_id}: declined, people rest first")


@open_early.command()
@click.argument("incident_id", type=INCIDENT)
@change_options
@click.pass_obj
def withdraw(session: Session, incident_id: int) -> None:
    """Take back what you asked for."""
    body = _answer(session, incident_id, "withdrawn", "")
    session.done(body, f"INC-{incident_id}: withdrawn")


def _answer(session: Session, incident_id: int, answer: str, why: str) -> bytes:
    return session.change("POST", f"{_path(incident_id)}/answer", {"answer": answer, "why": why})


def _path(incident_id: int) -> str:
    return f"/v1/incidents/{incident_id}/review/opening"
