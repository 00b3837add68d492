"""`incidentctl review`: the workshop as its participants see it, and the list of reviews."""

from __future__ import annotations

import click

from incidentd.cli.parts import INCIDENT, list_options, read_options, say_more
from incidentd.cli.screen import Painted, fields, hang, listed, section, table, toned, words
from incidentd.cli.session import Session
from incidentd.cli.workshop_words import print_guide, stepper, time_left
from incidentd.domain.display import safe_line
from incidentd.wire import reviews as wire_reviews
from incidentd.wire.reviews import ReviewView

_STATES = ("held", "running", "paused", "written", "published", "all")


@click.command("list")
@click.option(
    "--state", type=click.Choice(_STATES), default="all", show_default=True, help="held: under way now, or paused."
)
@list_options
@click.pass_obj
def list_reviews(session: Session, /, **query: object) -> None:
    """List reviews, those of the newest incidents first."""
    found = session.read(session.get("/v1/reviews", **query), wire_reviews.ReviewPage)
    if found is None:
        return
    rows = [
        (f"INC-{one.incident_id}", toned(one.severity.value), one.state, words(one.step), one.facilitator or "-",
         one.people, one.factors, session.brief(one.started_at), one.title)
        for one in found.reviews
    ]  # fmt: skip
    head = ("ID", "SEVERITY", "STATE", "STEP", "DRIVEN BY", "PEOPLE", "FACTORS", f"BEGAN ({session.zone})", "TITLE")
    table(head, rows, empty="None.", spare=("BEGAN", "SEVERITY", "PEOPLE", "FACTORS"))
    say_more(len(rows), found.total, found.next_cursor)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def show(session: Session, incident_id: int) -> None:
    """Show the review of an incident: its step, its time, who is there, and what is hidden still."""
    found = session.read(session.get(f"/v1/incidents/{incident_id}/review"), ReviewView)
    if found is None:
        return
    review = found.review
    hang("", safe_line(f"{review.review_name} of INC-{incident_id}: {review.title} ({review.state})"), tone="bold")
    if review.state in ("running", "paused"):
        hang("", stepper(found.steps, review.step))
        print_guide(found.steps, review.step)
    fields([
        ("time", time_left(review)),
        ("driven by", (review.facilitator or "nobody") + (", solo" if review.solo else "")),
        ("hidden", listed(hidden(found))),
        ("held until", session.when(review.finished_at, "%a %Y-%m-%d %H:%M %Z")),
    ])  # fmt: skip
    for fault in found.facilitator_faults:
        hang("  ! ", safe_line(fault), tone="warn")
    _people(session, found)
    _talk(session, found)
    _closing(found)


def hidden(found: ReviewView) -> list[str]:
    """What the caller does not see yet, counted."""
    parts = []
    if (ahead := found.walk.ahead) > 0:
        parts.append(f"{ahead} {'moment' if ahead == 1 else 'moments'} ahead")
    if (factors := found.factors_hidden) > 0:
        parts.append(f"{factors} {'factor' if factors == 1 else 'factors'} of others")
    if found.similar.locked and found.review.state in ("running", "paused"):
        parts.append("what was concluded of similar incidents")
    return parts


def _people(session: Session, found: ReviewView) -> None:
    review = found.review
    held, rows = review.state in ("running", "paused"), []
    for one in found.participants:
        driver = one.person == review.facilitator
        is_here = "left" if one.left_at else "drives" if driver else "here" if held else "was here"
        state = Painted("done", "good") if one.done_step == review.step and not one.left_at else ""
        rows.append((one.person, is_here, state, "in" if one.factors_in else "-", one.factors,
                     session.brief(one.joined_at)))  # fmt: skip
    section("Who takes part")
    head = ("PERSON", "IS", "THIS STEP", "FACTORS", "WRITTEN", f"JOINED ({session.zone})")
    table(head, rows, empty="Nobody yet.")


def _talk(session: Session, found: ReviewView) -> None:
    if not found.talk:
        return
    section("What was said")
    titles = {one.name: one.title for one in found.steps}
    step = ""
    for note in found.talk:
        if note.step != step:
            step = note.step
            hang("  ", titles.get(step, words(step)), tone="dim")
        hang("    ", f"{session.when(note.at, '%H:%M')} {safe_line(note.by)}: {note.text}", lead_width=4)


def _closing(found: ReviewView) -> None:
    closing = found.closing
    if not closing.answered:
        return
    section("At the end")
    if not closing.learned:
        print(f"  {closing.answered} answered; it is counted when everybody has")
    for title, counts in (("learned something", closing.learned), ("would come again", closing.come_again)):
        if counts:
            print(f"  {title}: {safe_line(', '.join(f'{word} {n}' for word, n in sorted(counts.items())))}")
    for text in closing.texts:
        hang("  - ", text)


WORKSHOP_COMMANDS: tuple[click.Command, ...] = (list_reviews, show)
