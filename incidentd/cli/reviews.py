"""`incidentctl review`: when a review may be held. Other topics have modules of their own, in `COMMANDS`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from incidentd import wire
from incidentd.cli.parts import INCIDENT, list_options, read_options, say_more
from incidentd.cli.review_documents import DOCUMENT_COMMANDS
from incidentd.cli.review_driving import DRIVING_COMMANDS
from incidentd.cli.review_imports import import_
from incidentd.cli.review_meetings import calendar, meeting
from incidentd.cli.review_notes import notes
from incidentd.cli.review_openings import open_early
from incidentd.cli.review_publishing import PUBLISHING_COMMANDS
from incidentd.cli.review_records import RECORD_COMMANDS
from incidentd.cli.review_similar import SIMILAR_COMMANDS
from incidentd.cli.review_timeline import TIMELINE_COMMANDS
from incidentd.cli.review_workshop import WORKSHOP_COMMANDS
from incidentd.cli.screen import Painted, fields, hang, span, table, toned
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.domain.review_words import words_of_nights
from incidentd.wire import review_window as wire_review

COMMANDS: tuple[click.Command, ...] = (
    open_early,
    notes,
    meeting,
    calendar,
    *TIMELINE_COMMANDS,
    *SIMILAR_COMMANDS,
    import_,
    *WORKSHOP_COMMANDS,
    *DRIVING_COMMANDS,
    *RECORD_COMMANDS,
    *DOCUMENT_COMMANDS,
    *PUBLISHING_COMMANDS,
)


@click.group()
def review() -> None:
    """Reviews: when they may be held, and what people do in them."""


@review.command()
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def window(session: Session, incident_id: int) -> None:
    """Show when the review of an incident may be held, and why then."""
    found = session.read(session.get(f"/v1/incidents/{incident_id}/review/window"), wire_review.ReviewWindow)
    if found is None:
        return
    hang("", safe_line(f"{found.review_name} of INC-{found.incident_id}: {_standing(found)}"), tone="bold")
    fields([
        ("from", session.when(found.opens_at, "%a %Y-%m-%d %H:%M %Z")),
        ("until", session.when(found.due_at, "%a %Y-%m-%d %H:%M %Z")),
        ("why", _why(found)), ("business days", _days(found)), ("seen to by", found.owner),
    ])  # fmt: skip
    if found.nights:
        hang("  ", safe_line(words_of_nights([one.text for one in found.nights])))
    for fault in found.facilitator_faults:
        hang("  ! ", safe_line(f"facilitated by an exception: {fault}"), tone="warn")
    for opening in found.openings:
        hang("  ", safe_line(opening.text), tone="warn" if opening.state == "granted" else "")
    if found.openings and found.openings[-1].state == "asked":
        for warning in found.not_rested:
            hang("  ! ", safe_line(warning), tone="warn")


@review.command()
@click.option(
    "--standing",
    "review",
    type=click.Choice(["due", "open", "soon", "late", "waiting"]),
    default="due",
    show_default=True,
    help="due: what may be held now, or should have been.",
)
@list_options
@click.pass_obj
def due(session: Session, /, **query: object) -> None:
    """List incidents whose review may be held, is due soon, or is late, and how late."""
    found = session.read(session.get("/v1/incidents", **query), wire.IncidentPage)
    if found is None:
        return
    rows = sorted(found.incidents, key=lambda one: one.review_due_at or one.declared_at)
    head = ("ID", "SEVERITY", "STANDING", f"FROM ({session.zone})", "UNTIL", "TITLE")
    table(head, [_row(session, one) for one in rows], empty="None.", spare=("FROM", "SEVERITY"))
    say_more(len(rows), found.total, found.next_cursor)


_TONES = {"late": "bad", "soon": "warn", "open": "good", "waiting": "dim"}


def _row(session: Session, i: wire.Incident) -> tuple[object, ...]:
    standing, due_at = i.review_standing, i.review_due_at
    late = f" by {span(datetime.now(UTC) - due_at)}" if standing == "late" and due_at else ""
    shown = Painted(f"{standing}{late}", _TONES.get(standing, ""))
    times = session.brief(i.review_opens_at), session.brief(due_at)
    return f"INC-{i.id}", toned(i.severity.value), shown, *times, i.title


def _standing(found: wire_review.ReviewWindow) -> str:
    now = datetime.now(UTC)
    if found.opens_at is None or found.due_at is None:
        owed = found.business_days is not None
        return "it is reckoned from the resolve on" if owed and found.resolved_at is None else "none is owed"
    if not found.standing:
        return found.status.replace("_", " ")
    return {
        "waiting": f"not yet, people rest first; it may be held in {span(found.opens_at - now)}",
        "late": f"{span(now - found.due_at)} late",
        "soon": f"may be held now, {span(found.due_at - now)} are left",
    }.get(found.standing, f"may be held now, until {span(found.due_at - now)} from now")


def _why(found: wire_review.ReviewWindow) -> str:
    if found.floor is None or found.business_days is None:
        return ""
    floor = f"{span(timedelta(seconds=found.floor))} after the resolve" if found.floor else "from the resolve on"
    return f"{found.severity.value}: {floor}, within {found.business_days} business days"


def _days(found: wire_review.ReviewWindow) -> str:
    holidays = f", without the holidays of {found.holidays}" if found.holidays else ""
    return f"{f'of team {found.team} ' if found.team else ''}in {found.zone}{holidays}"


for one in COMMANDS:
    review.add_command(one)
