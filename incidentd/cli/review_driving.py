"""The commands of `incidentctl review` that hold a workshop: who takes part, and what its facilitator does."""

from __future__ import annotations

import re
from typing import Any

import click

from incidentd.cli.incident_changes import text_given
from incidentd.cli.parts import INCIDENT, Instant, Word, change_options, versioned
from incidentd.cli.review_workshop import hidden
from incidentd.cli.screen import hang, listed, words
from incidentd.cli.session import Session
from incidentd.cli.workshop_words import stepper, time_left
from incidentd.domain.display import safe_line
from incidentd.domain.review_steps import Step
from incidentd.wire.reviews import AnswerClosing, ReviewView, StartReview, WriteTalk

_FEELING = Word(("yes", "no", "unsure"))


class _Moment(Instant):
    """How far to walk: "next", "end", or a time."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if value in ("next", "end") else super().convert(value, param, ctx).isoformat()


class _Minutes(click.ParamType[str]):
    """Minutes from now, +N more than are left, or none."""

    name = "minutes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if text != "none" and not re.fullmatch(r"\+?[0-9]{1,4}(\.[0-9]+)?", text):
            self.fail(f"{safe_line(text)!r} is not minutes like 5, +5 or none", param, ctx)
        return text


def _post(session: Session, incident_id: int, what: str, body: object, version: int | None = None) -> bytes:
    return session.change("POST", f"/v1/incidents/{incident_id}/review{what}", body, version)


def _drive(session: Session, incident_id: int, version: int | None = None, /, **order: object) -> None:
    """Give an order, and say where the review stands then."""
    _stands(session, _post(session, incident_id, "/drive", order, version))


def _stands(session: Session, body: bytes) -> None:
    found = session.decode(body, ReviewView)
    review = found.review
    if review.state in ("running", "paused"):
        session.done(body, f"INC-{review.incident_id} is at {_title(found)} ({time_left(review)})")
    else:
        session.done(body, f"The {review.review_name} of INC-{review.incident_id} was held, its document is open")
    if session.as_json or session.quiet:
        return
    present = [one for one in found.participants if not one.left_at]
    waiting = [one.person for one in present if one.done_step != review.step]
    if review.state == "running" and not review.solo and len(waiting) < len(present):
        hang("  ", f"not done yet: {listed(waiting)}" if waiting else "everybody is done")
    for fault in found.facilitator_faults:
        hang("  ! ", safe_line(fault), tone="warn")


def _name(session: Session, body: bytes) -> str:
    return session.decode(body, ReviewView).review.review_name


def _title(found: ReviewView) -> str:
    return next((one.title for one in found.steps if one.name == found.review.step), words(found.review.step))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--solo", is_flag=True, help="For one person, or a very few: everybody may take over.")
@click.option("--facilitator", default="", help="Who drives it (default: you).")
@change_options
@click.pass_obj
def start(session: Session, incident_id: int, solo: bool, facilitator: str) -> None:
    """Begin the review of an incident."""
    _stands(session, _post(session, incident_id, "", StartReview(solo=solo, facilitator=facilitator)))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@change_options
@click.pass_obj
def join(session: Session, incident_id: int) -> None:
    """Take part from now on, also late, or again."""
    body = _post(session, incident_id, "/participate", {"present": True})
    _stands(session, body)
    if not session.as_json and not session.quiet:
        found = session.decode(body, ReviewView)
        hang("", stepper(found.steps, found.review.step))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@change_options
@click.pass_obj
def leave(session: Session, incident_id: int) -> None:
    """Take part no longer; what you wrote stays."""
    body = _post(session, incident_id, "/participate", {"present": False})
    session.done(body, f"You left the {_name(session, body)} of INC-{incident_id}")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--not-yet", is_flag=True, help="Not done after all.")
@click.option("--factors", is_flag=True, help="That your factors are in, or that you have none, at any step.")
@change_options
@click.pass_obj
def done(session: Session, incident_id: int, not_yet: bool, factors: bool) -> None:
    """Say that you are done with the step; with factors it says that yours are in."""
    said = {"factors_in" if factors else "done": not not_yet}
    _stands(session, _post(session, incident_id, "/participate", said))


@click.command("next")
@click.argument("incident_id", type=INCIDENT)
@versioned
@change_options
@click.pass_obj
def next_step(session: Session, incident_id: int, version: int | None) -> None:
    """Go on to the next step; everybody comes along."""
    _drive(session, incident_id, version, step="next")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@versioned
@change_options
@click.pass_obj
def back(session: Session, incident_id: int, version: int | None) -> None:
    """Go back a step. What was seen stays seen."""
    _drive(session, incident_id, version, step="back")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("name", type=Word(Step), metavar="STEP")
@versioned
@change_options
@click.pass_obj
def step(session: Session, incident_id: int, name: str, version: int | None) -> None:
    """Go to STEP, such as factors. Going on past the walk ends it."""
    _drive(session, incident_id, version, step=name)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("to", type=_Moment(), default="next", metavar="[next|end|TIME]")
@versioned
@change_options
@click.pass_obj
def walk(session: Session, incident_id: int, to: str, version: int | None) -> None:
    """Show the next moment of the timeline, what happened up to TIME, or all of it. It goes forward only."""
    body = _post(session, incident_id, "/drive", {"walk": to}, version)
    found = session.decode(body, ReviewView)
    ahead = listed(hidden(found)[:1]) if found.walk.ahead else "that was the last moment"
    session.done(body, f"INC-{incident_id}: {ahead}")
    if not session.as_json and not session.quiet:
        for moment in found.walk.moments:
            if moment.entry.observed_at == found.walk.walked_to:
                hang(f"  {session.when(moment.entry.observed_at, '%H:%M:%S')}  ", moment.entry.text)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("minutes", type=_Minutes(), metavar="MINUTES")
@versioned
@change_options
@click.pass_obj
def timer(session: Session, incident_id: int, minutes: str, version: int | None) -> None:
    """Let the step end MINUTES from now, +MINUTES later than it would, or never with `none`."""
    if minutes.startswith("+"):
        _drive(session, incident_id, version, longer=float(minutes))
    else:
        _drive(session, incident_id, version, minutes=0.0 if minutes == "none" else float(minutes))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@change_options
@click.pass_obj
def pause(session: Session, incident_id: int) -> None:
    """Stop for now, for minutes or for days; what is left of the step is kept."""
    _drive(session, incident_id, pause=True)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@change_options
@click.pass_obj
def resume(session: Session, incident_id: int) -> None:
    """Go on where it was paused."""
    _drive(session, incident_id, pause=False)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@change_options
@click.pass_obj
def reveal(session: Session, incident_id: int) -> None:
    """Show the factors of everybody although somebody is not done."""
    _drive(session, incident_id, reveal=True)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@change_options
@click.pass_obj
def finish(session: Session, incident_id: int) -> None:
    """End the workshop; what was written in it stays open to edit."""
    _drive(session, incident_id, finish=True)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--reason", required=True, help="What was left out.")
@change_options
@click.pass_obj
def reopen(session: Session, incident_id: int, reason: str) -> None:
    """Hold it again after its end."""
    _drive(session, incident_id, reopen=reason)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("person", metavar="HANDLE")
@change_options
@click.pass_obj
def hand(session: Session, incident_id: int, person: str) -> None:
    """Let HANDLE drive it from now on; `me` takes over when nobody drives, or whoever does is gone."""
    body = _post(session, incident_id, "/drive", {"facilitator": person})
    driver = session.decode(body, ReviewView).review.facilitator
    session.done(body, f"INC-{incident_id} is driven by {driver}")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("text")
@change_options
@click.pass_obj
def talk(session: Session, incident_id: int, text: str) -> None:
    """Write down what was said; "-" reads standard input."""
    body = _post(session, incident_id, "/talk", WriteTalk(text=text_given(text)))
    session.done(body, f"{_name(session, body)} of INC-{incident_id}: written down")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--learned", type=_FEELING, required=True, help="Did you learn something that changes your work?")
@click.option("--again", type=_FEELING, required=True, help="Would you come again?")
@click.option("--text", default="", help="What you add; it is shown without your name.")
@change_options
@click.pass_obj
def closing(session: Session, incident_id: int, learned: Any, again: Any, text: str) -> None:
    """Answer the closing questions; they are counted without names, and may be answered again until the end."""
    answer = AnswerClosing(learned=learned, come_again=again, text=text_given(text))
    body = _post(session, incident_id, "/closing", answer)
    session.done(body, f"{_name(session, body)} of INC-{incident_id}: thank you")


DRIVING_COMMANDS: tuple[click.Command, ...] = (
    start, join, leave, done, next_step, back, step, walk, timer, pause, resume, reveal, finish, reopen, hand, talk,
    closing,
)  # fmt: skip
