"""`incidentctl review similar | differs`: earlier incidents that look like one."""

from __future__ import annotations

import click

from incidentd.cli.parts import INCIDENT, change_options, read_options
from incidentd.cli.screen import hang, section
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import review_records as wire_records
from incidentd.wire import review_similar as wire_similar
from incidentd.wire import reviews as wire_reviews

_CHOSEN = {
    "newest": "the newest that is alike",
    "oldest": "the oldest that is alike",
    "other-factors": "the same symptom, other factors",
    "random": "here by chance, it has nothing to do with it",
}


@click.command()
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def similar(session: Session, incident_id: int) -> None:
    """Show earlier incidents that look alike: facts first, conclusions once your factors are in and shown."""
    body = session.get(f"/v1/incidents/{incident_id}/review")
    found = session.decode(body, wire_reviews.ReviewView).similar
    if session.as_json:
        session.print_value(found)
    else:
        print_similar(session, found)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("other_id", metavar="OTHER", type=INCIDENT)
@click.argument("text")
@change_options
@click.pass_obj
def differs(session: Session, incident_id: int, other_id: int, text: str) -> None:
    """Say what differs from the OTHER incident, or what would show that this is not the same."""
    wanted = wire_similar.SayDiffers(other_id=other_id, text=text)
    body = session.change("POST", f"/v1/incidents/{incident_id}/review/similar", wanted)
    session.done(body, f"INC-{incident_id} differs from INC-{other_id}: {text}")


def print_similar(session: Session, found: wire_similar.SimilarIncidents) -> None:
    """For a person to read."""
    if found.why:
        hang("", safe_line(found.why), tone="warn" if found.locked else "dim")
    if not found.incidents:
        hang("", "No earlier incident looks like it.", tone="dim")
    for one in found.incidents:
        _incident(session, one)
    if found.open_actions:
        section("Open still, of these")
        for action in found.open_actions:
            _action(action)


def _incident(session: Session, one: wire_similar.SimilarIncident) -> None:
    section(f"INC-{one.id} {one.severity.value}  {one.title}")
    said = [session.when(one.started_at, "%Y-%m-%d"), one.service, _CHOSEN.get(one.chosen, one.chosen)]
    hang("  ", safe_line(", ".join(word for word in said if word)), tone="dim")
    if one.reasons:
        hang("  ", safe_line(f"{one.score} of 100: {'; '.join(one.reasons)}"), tone="dim")
    for fact in one.facts:
        hang("  ", fact)
    if one.conclusions is not None:
        _conclusions(one.conclusions)
    for answer in one.differs:
        hang("  differs: ", safe_line(f"{answer.text} ({answer.person})"), tone="bold")


def _conclusions(found: wire_similar.Conclusions) -> None:
    if found.summary:
        hang("  concluded: ", found.summary)
    for factor in found.factors:
        hang("  factor: ", safe_line(f"{factor.text} ({factor.category}, {factor.role})"))
    for learning in found.learnings:
        hang("  learned: ", safe_line(learning.text))
    for action in found.actions:
        _action(action)


def _action(one: wire_records.Action) -> None:
    state = "late" if one.late else one.state.replace("_", " ")
    text = f"A-{one.id} {state}, team {one.owner_team} by {one.due_on}: {one.text}"
    hang("  ", safe_line(text), tone="warn" if one.late else "")


SIMILAR_COMMANDS: tuple[click.Command, ...] = (similar, differs)
