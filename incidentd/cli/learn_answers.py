"""`incidentctl learn answer`: whether a review changed how you work, asked after 30 and 90 days."""

from __future__ import annotations

import click

from incidentd.cli.parts import INCIDENT, change_options
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import hang, listed
from incidentd.cli.session import Session
from incidentd.wire import followups as wire_followups


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("changed", type=click.Choice(["yes", "partly", "no"]), required=False)
@click.argument("text", nargs=-1)
@click.option("--days", type=click.Choice(["30", "90"]), help="Which question (default: the one asked last).")
@change_options
@click.pass_obj
def answer(session: Session, incident_id: int, changed: str | None, text: tuple[str, ...], days: str | None) -> None:
    """Say whether a review changed how you work: yes, partly or no, and TEXT for what did.

    Without an answer it shows what came of both questions, in numbers. Given again, an answer takes the place of yours.
    """
    path = f"/v1/incidents/{incident_id}/review/followups"
    if changed is None:
        found = session.read(session.get(path), wire_followups.Followups)
        if found is not None:
            _show(session, found)
        return
    asked = int(days) if days else _asked_last(session, path)
    body = {"days": asked, "changed": changed, "text": " ".join(text)}
    session.done(session.change("POST", path, body), f"INC-{incident_id}: thank you")


def _asked_last(session: Session, path: str) -> int:
    found = session.decode(session.get(path), wire_followups.Followups)
    mine = [one.days for one in found.rounds if one.mine is not None]
    if not mine:
        remedy = "who took part is asked 30 and 90 days after it was published"
        raise Failure(f"you were not asked about INC-{found.incident_id}", Exit.REFUSED, field="days", remedy=remedy)
    return max(mine)


def _show(session: Session, found: wire_followups.Followups) -> None:
    for one in found.rounds:
        lead = f"after {one.days} days  "
        if one.asked_at is None:
            hang(lead, f"to be asked {session.when(one.due_at)}" if one.due_at else "not asked")
            continue
        counts = listed(f"{count} {answer}" for answer, count in one.counts.items())
        hang(lead, f"{counts}; {one.answered} of {one.asked} answered")
        for text in one.texts:
            hang("    ", text)
        if one.mine is not None:
            hang("    you: ", f"{one.mine.changed or 'not answered'} {one.mine.text}".strip(), tone="dim")
