"""The commands of `incidentctl review meeting`: times that suit people, invitations, answers; and the calendar."""

from __future__ import annotations

from datetime import datetime

import click

from incidentd.cli.parts import AHEAD, INCIDENT, OUTPUT, change_options, read_options, versioned, write
from incidentd.cli.screen import fields, hang, listed, section, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import review_meeting as wire_meeting

_MINUTES = click.IntRange(15, 480)
_minutes = click.option("--minutes", type=_MINUTES, default=60, show_default=True, help="How long.")
_people = click.option("-p", "--person", "people", multiple=True, metavar="HANDLE", help="Who comes; repeatable.")
_place = click.option("--place", help="Where: a room, or the address of a call.")


@click.group()
def meeting() -> None:
    """Find a time that suits people, invite them, and see who comes. None of it is required."""


@meeting.command()
@click.argument("incident_id", type=INCIDENT)
@_minutes
@_people
@read_options
@click.pass_obj
def propose(session: Session, incident_id: int, minutes: int, people: tuple[str, ...]) -> None:
    """Propose times inside the window, whom each does not suit, and who may facilitate."""
    found = session.read(
        session.get(f"{_path(incident_id)}/times", minutes=minutes, person=people), wire_meeting.MeetingProposals
    )
    if found is None:
        return
    hang("", safe_line(f"{found.review_name} of INC-{incident_id}, with {listed(one.person for one in found.invited)}"))
    for one in found.times:
        hang("  ", f"{_when(session, one.starts_at, one.ends_at)}  {safe_line(one.why)}", tone="bold")
        _say_unsuited(one.unsuited)
    if not found.times:
        print("  No time is left: schedule one yourself.")
    section("May facilitate")
    for candidate in found.facilitators:
        fits = f"{candidate.person} was not involved" + (", and is listed" if candidate.listed else "")
        hang("  ", safe_line(listed(candidate.faults) if candidate.faults else fits),
             tone="dim" if candidate.faults else "")  # fmt: skip
    if found.times:
        start = found.times[0].starts_at.strftime("%Y-%m-%dT%H:%MZ")
        hang("", f"incidentctl review meeting schedule INC-{incident_id} --at {start} --facilitator HANDLE")


@meeting.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--at", "starts_at", type=AHEAD, required=True, help="When it begins: 14:05 or an RFC 3339 time.")
@_minutes
@_people
@click.option("--facilitator", default="", metavar="HANDLE", help="Who drives it.")
@_place
@change_options
@click.pass_obj
def schedule(
    session: Session, incident_id: int, starts_at: datetime, minutes: int, people: tuple[str, ...], facilitator: str,
    place: str | None,
) -> None:  # fmt: skip
    """Invite people; by default those who had to do with the incident and its owner."""
    wanted = wire_meeting.ScheduleMeeting(
        starts_at=starts_at, minutes=minutes, people=people, facilitator=facilitator, place=place or ""
    )
    _said(session, session.change("POST", _path(incident_id), wanted), "invited")


@meeting.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--at", "starts_at", type=AHEAD, help="When it begins instead.")
@click.option("--minutes", type=_MINUTES, help="How long instead.")
@_place
@versioned
@change_options
@click.pass_obj
def move(
    session: Session, incident_id: int, starts_at: datetime | None, minutes: int | None, place: str | None,
    version: int | None,
) -> None:  # fmt: skip
    """Move it; everybody is asked again."""
    wanted = wire_meeting.MoveMeeting(starts_at=starts_at, minutes=minutes, place=place)
    _said(session, session.change("POST", f"{_path(incident_id)}/move", wanted, version), "moved")


@meeting.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--why", default="", help="What those invited read.")
@versioned
@change_options
@click.pass_obj
def cancel(session: Session, incident_id: int, why: str, version: int | None) -> None:
    """Call it off; those invited are told."""
    body = session.change("POST", f"{_path(incident_id)}/cancel", wire_meeting.CancelMeeting(why=why), version)
    session.done(body, f"INC-{incident_id}: called off")


@meeting.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("answer", type=click.Choice(["yes", "no", "maybe"]))
@click.option("--comment", default="", help="What the others may read beside it.")
@change_options
@click.pass_obj
def answer(session: Session, incident_id: int, answer: str, comment: str) -> None:
    """Say whether you come."""
    body = session.change("POST", f"{_path(incident_id)}/answer", {"answer": answer, "comment": comment})
    session.done(body, f"INC-{incident_id}: you said {answer}")


@meeting.command()
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def show(session: Session, incident_id: int) -> None:
    """Show when it is, who comes, and whom the time does not suit."""
    found = session.read(session.get(_path(incident_id)), wire_meeting.Meeting)
    if found is None:
        return
    hang("", safe_line(f"{found.review_name} of INC-{incident_id} ({found.state})"), tone="bold")
    fields([
        ("when", _when(session, found.starts_at, found.ends_at)), ("where", safe_line(found.place)),
        ("by", found.by),
    ])  # fmt: skip
    rows = [(one.person, one.part.replace("_", " "), one.answer or "-", one.comment) for one in found.invited]
    table(("PERSON", "PART", "COMES", "COMMENT"), rows)
    _warn(found)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@OUTPUT
@read_options
@click.pass_obj
def calendar(session: Session, incident_id: int, output: str) -> None:
    """Write the meeting as iCalendar, for a calendar to take."""
    body = session.get(_path(incident_id), format="json" if session.as_json else "ics")
    if session.as_json:
        session.print_json(body)
        return
    write(output, "\r\n".join(safe_text(line) for line in body.decode(errors="replace").split("\r\n")))


def _path(incident_id: int) -> str:
    return f"/v1/incidents/{incident_id}/review/meeting"


def _when(session: Session, starts_at: datetime, ends_at: datetime) -> str:
    return f"{session.when(starts_at, '%a %Y-%m-%d %H:%M')} to {session.when(ends_at, '%H:%M %Z')}"


def _said(session: Session, body: bytes, what: str) -> None:
    found = session.decode(body, wire_meeting.Meeting)
    whom = listed(one.person for one in found.invited)
    when = _when(session, found.starts_at, found.ends_at)
    session.done(body, f"INC-{found.incident_id}: {what}, {when}, with {whom}")
    if not session.as_json:
        _warn(found)


def _warn(found: wire_meeting.Meeting) -> None:
    if found.before_floor and found.state == "scheduled":
        hang("  ! ", "it lies before people have rested", tone="warn")
    for fault in found.facilitator_faults:
        hang("  ! ", safe_line(f"an exception: {fault}"), tone="warn")
    _say_unsuited(found.unsuited)


def _say_unsuited(unsuited: tuple[wire_meeting.Unsuited, ...]) -> None:
    for one in unsuited:
        hang("    ", safe_line(f"{one.person} {one.text}"), tone="dim")
