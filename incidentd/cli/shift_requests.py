"""`incidentctl schedule request`: ask others to take a time of yours, or to swap it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from incidentd.cli.parts import AHEAD, REQUEST, SPAN, Word, change_options, read_options, versioned
from incidentd.cli.screen import Painted, listed, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import requests as wire_requests

_PATH = "/v1/shift-requests"
_STATES = ("open", "accepted", "declined", "cancelled", "expired", "all")
_TONES = {"open": "warn", "accepted": "good"}


@click.group()
def request() -> None:
    """Ask others to take a time of yours, or to swap it for one of theirs."""


@request.command("list")
@click.option("--state", type=Word(_STATES), default="open", show_default=True, help="Which ones.")
@click.option("--mine", is_flag=True, help="From you or to you only.")
@read_options
@click.pass_obj
def list_(session: Session, state: str, mine: bool) -> None:
    """List requests."""
    body = session.get(_PATH, state=state, mine=1 if mine else None)
    found = session.read(body, wire_requests.ShiftRequestList)
    if found is None:
        return
    rows = [
        (one.name, Painted(one.state, _TONES.get(one.state, "")), one.wants, one.person, one.schedule,
         session.brief(one.starts_at), session.brief(one.ends_at), listed(one_asked(one)))
        for one in found.requests
    ]  # fmt: skip
    head = ("REQUEST", "STATE", "WANTS", "FROM", "SCHEDULE", f"BEGINS ({session.zone})", "ENDS", "ASKED")
    table(head, rows, empty="None.")


def one_asked(found: wire_requests.ShiftRequest) -> tuple[str, ...]:
    """Who was asked, with what they said."""
    return tuple(
        f"{one.person} ({'accepted' if one.person == found.taken_by else 'declined'})"
        if one.declined or one.person == found.taken_by
        else one.person
        for one in found.asked
    )


@request.command()
@click.argument("request_id", type=REQUEST)
@read_options
@click.pass_obj
def show(session: Session, request_id: int) -> None:
    """Show one."""
    found = session.read(session.get(f"{_PATH}/{request_id}"), wire_requests.ShiftRequest)
    if found is None:
        return
    why = f": {found.reason}" if found.reason else ""
    print(safe_line(f"{found.name} {found.state}: {found.person} wants to {found.wants} on {found.schedule}{why}"))
    print(f"from {session.when(found.starts_at)} until {session.when(found.ends_at)}")
    print(f"asked until {session.when(found.expires_at)}")
    for one, said in zip(found.asked, one_asked(found), strict=True):
        span = f"{session.when(one.returns_from)} until {session.when(one.returns_until)}"
        print(safe_line(f"  {said}" + (f", gives in return {span}" if one.returns_from else "")))
    if found.result:
        print(safe_line(f"taken by {found.taken_by}: {found.result.replace(':', ' ')}"))


@request.command()
@click.argument("name", metavar="SCHEDULE")
@click.argument("people", nargs=-1, metavar="[PERSON]...")
@click.option("--from", "begin", type=AHEAD, help="From when (default: now).")
@click.option("-d", "--for", "span", type=SPAN, help="How long, such as 4h or 2d.")
@click.option("--until", type=AHEAD, help="Until when, instead of --for.")
@click.option("--team", default="", help="Ask everybody in this team.")
@click.option("--swap", is_flag=True, help="For as long a time of theirs; without it they take it for nothing.")
@click.option("--of", "person", default="", metavar="PERSON", help="Whose time it is (default: yours).")
@click.option("--answer-by", "expires", type=AHEAD, help="Until when it is asked (default: when the time begins).")
@click.option("-r", "--reason", default="", help="Why; the others read it.")
@change_options
@click.pass_obj
def ask(
    session: Session, name: str, people: tuple[str, ...], begin: datetime | None, span: timedelta | None,
    until: datetime | None, team: str, swap: bool, person: str, expires: datetime | None, reason: str,
) -> None:  # fmt: skip
    """Ask PERSON, a team, or everybody of SCHEDULE. The first who accepts has the time."""
    if (span is None) == (until is None):
        raise click.UsageError("give --for or --until, one of the two")
    body = wire_requests.AskForShift(
        schedule=name,
        starts_at=begin,
        ends_at=until or (begin or datetime.now(UTC)) + (span or timedelta(0)),
        person=person,
        people=people,
        team=team,
        wants="swap" if swap else "take",
        expires_at=expires,
        reason=reason,
    )
    answer = session.change("POST", _PATH, body)
    found = session.decode(answer, wire_requests.ShiftRequest)
    asked = listed(tuple(one.person for one in found.asked))
    session.done(answer, f"{found.name} asks {asked} until {session.when(found.expires_at)}")


def _answer(session: Session, request_id: int, body: wire_requests.AnswerRequest, version: int | None) -> None:
    answer = session.change("POST", f"{_PATH}/{request_id}/answer", body, version)
    found = session.decode(answer, wire_requests.ShiftRequest)
    made = f": {found.result.replace(':', ' ')}" if found.result else ""
    session.done(answer, f"{found.name} is {found.state}{made}")


@request.command()
@click.argument("request_id", type=REQUEST)
@click.option("--give", nargs=2, type=AHEAD, metavar="FROM UNTIL", help="Of a swap: what you give, as long as it.")
@versioned
@change_options
@click.pass_obj
def accept(session: Session, request_id: int, give: tuple[datetime, datetime] | None, version: int | None) -> None:
    """Accept a request that you were asked."""
    begin, end = give or (None, None)
    body = wire_requests.AnswerRequest(to="accepted", returns_from=begin, returns_until=end)
    _answer(session, request_id, body, version)


@request.command()
@click.argument("request_id", type=REQUEST)
@versioned
@change_options
@click.pass_obj
def decline(session: Session, request_id: int, version: int | None) -> None:
    """Say that you cannot."""
    _answer(session, request_id, wire_requests.AnswerRequest(to="declined"), version)


@request.command()
@click.argument("request_id", type=REQUEST)
@versioned
@change_options
@click.pass_obj
def cancel(session: Session, request_id: int, version: int | None) -> None:
    """Take a request of yours back."""
    _answer(session, request_id, wire_requests.AnswerRequest(to="cancelled"), version)
