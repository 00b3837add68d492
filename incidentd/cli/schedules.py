"""`incidentctl schedule`: who carries the pager when, and the changes of the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import click

from incidentd.cli.parts import AHEAD, INSTANT, SPAN, change_options, read_options, versioned
from incidentd.cli.screen import Painted, listed, section, table
from incidentd.cli.session import Session
from incidentd.cli.shift_requests import request
from incidentd.domain.display import safe_line
from incidentd.wire import duty as wire_duty

_HOW_LONG = timedelta(weeks=2)


@click.group()
def schedule() -> None:
    """Who carries the pager when; overrides, swaps and absences."""


@schedule.command()
@click.argument("name", default="")
@click.option("--from", "begin", type=INSTANT, help="From when (default: now).")
@click.option("--until", type=AHEAD, help="Until when, instead of --for.")
@click.option("-d", "--for", "span", type=SPAN, help="How long, such as 12h or 30d.  [default: 14d]")
@read_options
@click.pass_obj
def show(session: Session, name: str, begin: datetime | None, until: datetime | None, span: timedelta | None) -> None:
    """Show the final schedule of NAME (or of all), with its gaps and changes."""
    start = begin or datetime.now(UTC)
    end = until or start + (span or _HOW_LONG)
    given = {"schedule": name, "starts_at": start.isoformat(), "ends_at": end.isoformat()}
    found = session.read(session.get("/v1/schedules", **given), wire_duty.Schedules)
    if found is None:
        return
    for one in found.schedules:
        print(f"{safe_line(one.name)} ({safe_line(one.zone)}), layers {safe_line(listed(one.layers))}")
        table((f"FROM ({session.zone})", "UNTIL", "ON CALL", "WHY"), _rows(session, one), empty="Nobody, at no time.")
        print()
    _changes(session, found)
    for warning in found.warnings:
        click.echo(safe_line(f"! {warning.text}"), err=True)


def _rows(session: Session, one: wire_duty.Schedule) -> list[tuple[object, ...]]:
    """Shifts, and gaps between them, in order of time; a turn that an absence emptied is told as such."""
    nobody = Painted("nobody", "bad")
    taken = {shift.starts_at for shift in one.shifts}
    rows: list[tuple[datetime, datetime, object, str]] = [
        (gap.starts_at, gap.ends_at, nobody, "gap") for gap in one.gaps if gap.starts_at not in taken
    ]
    for shift in one.shifts:
        instead = f" instead of {shift.instead_of}" if shift.instead_of else ""
        beside = f", {listed(shift.shadows)} beside" if shift.shadows else ""
        why = shift.source.replace(":", " ") + instead + beside
        rows.append((shift.starts_at, shift.ends_at, shift.person or nobody, why))
    rows.sort(key=lambda row: row[0])
    return [(session.brief(begin), session.brief(end), who, why) for begin, end, who, why in rows]


def _changes(session: Session, found: wire_duty.Schedules) -> None:
    rows: list[tuple[object, ...]] = [
        (f"override {o.id}", o.schedule, o.person, session.brief(o.starts_at), session.brief(o.ends_at), o.by, o.reason)
        for o in found.overrides
    ]
    rows += [
        (f"swap {s.id} ({s.state})", s.schedule, f"{person} -> {to}", session.brief(begin), session.brief(end), s.by,
         s.reason)
        for s in found.swaps
        for person, to, begin, end in (
            (s.person, s.other, s.starts_at, s.ends_at), (s.other, s.person, s.other_starts_at, s.other_ends_at)
        )
    ]  # fmt: skip
    rows += [
        (f"absence {a.id}", "-", f"{a.person} -> {a.stand_in or 'nobody'}", session.brief(a.starts_at),
         session.brief(a.ends_at), a.by, a.reason)
        for a in found.absences
    ]  # fmt: skip
    if rows:
        section("Changes")
        table(("CHANGE", "SCHEDULE", "WHO", f"FROM ({session.zone})", "UNTIL", "BY", "REASON"), rows, empty="None.")


@schedule.command()
@click.argument("kind", type=click.Choice(["person", "schedule", "team"]))
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Make another one; those given before are void.")
@change_options
@click.pass_obj
def feed(session: Session, kind: str, name: str, revoke: bool) -> None:
    """Print the address from which a calendar reads shifts. Treat it as a secret."""
    path = f"/v1/calendars/{kind}/{quote(name, safe='')}"
    if revoke:
        body = session.change("POST", f"{path}/revoke")
        session.done(body, session.decode(body, wire_duty.FeedUrl).url)
        return
    found = session.read(session.get(path), wire_duty.FeedUrl)
    if found is not None:
        print(safe_line(found.url))


# ---------------------------------------------------------------------- overrides
@schedule.group()
def override() -> None:
    """Somebody carries a pager for a time, whoever's turn it is."""


_reason = click.option("-r", "--reason", default="", help="Why; the others read it.")
_from = click.option("--from", "begin", type=AHEAD, help="From when (default: now).")
_for = click.option("-d", "--for", "span", type=SPAN, help="How long, such as 4h or 2d.")
_until = click.option("--until", type=AHEAD, help="Until when, instead of --for.")


def _end(begin: datetime | None, span: timedelta | None, until: datetime | None) -> datetime:
    if (span is None) == (until is None):
        raise click.UsageError("give --for or --until, one of the two")
    return until or (begin or datetime.now(UTC)) + (span or timedelta(0))


def _told(session: Session, body: bytes) -> None:
    o = session.decode(body, wire_duty.Override)
    over = " is taken back" if o.cancelled else ""
    span = f"from {session.when(o.starts_at)} until {session.when(o.ends_at)}"
    session.done(body, f"override {o.id}{over}: {o.person} carries the pager of {o.schedule} {span}")


@override.command("add")
@click.argument("name", metavar="SCHEDULE")
@click.argument("person")
@_from
@_for
@_until
@_reason
@change_options
@click.pass_obj
def add_override(
    session: Session,
    name: str,
    person: str,
    begin: datetime | None,
    span: timedelta | None,
    until: datetime | None,
    reason: str,
) -> None:
    """Let PERSON carry the pager of SCHEDULE."""
    ends_at = _end(begin, span, until)
    body = wire_duty.SetOverride(schedule=name, person=person, starts_at=begin, ends_at=ends_at, reason=reason)
    _told(session, session.change("POST", "/v1/overrides", body))


@override.command("change")
@click.argument("change_id", metavar="ID", type=click.IntRange(1))
@click.option("--person", help="Another person.")
@click.option("--from", "begin", type=AHEAD, help="Another beginning.")
@click.option("--until", type=AHEAD, help="Another end.")
@click.option("-r", "--reason", help="Another reason.")
@versioned
@change_options
@click.pass_obj
def change_override(
    session: Session,
    change_id: int,
    person: str | None,
    begin: datetime | None,
    until: datetime | None,
    reason: str | None,
    version: int | None,
) -> None:
    """Change an override."""
    body = wire_duty.EditOverride(person=person, starts_at=begin, ends_at=until, reason=reason)
    _told(session, session.change("PATCH", f"/v1/overrides/{change_id}", body, version))


@override.command("end")
@click.argument("change_id", metavar="ID", type=click.IntRange(1))
@versioned
@change_options
@click.pass_obj
def end_override(session: Session, change_id: int, version: int | None) -> None:
    """Take an override back; one that has begun ends now."""
    _told(session, session.change("DELETE", f"/v1/overrides/{change_id}", version=version))


# ---------------------------------------------------------------------- swaps
@schedule.group()
def swap() -> None:
    """Give a time of yours for one of somebody else's, when they accept."""


@swap.command("propose")
@click.argument("name", metavar="SCHEDULE")
@click.argument("other", metavar="PERSON")
@click.option("--give", nargs=2, type=AHEAD, required=True, metavar="FROM UNTIL", help="What you give.")
@click.option("--take", nargs=2, type=AHEAD, required=True, metavar="FROM UNTIL", help="What you take: as long.")
@_reason
@change_options
@click.pass_obj
def propose(
    session: Session,
    name: str,
    other: str,
    give: tuple[datetime, datetime],
    take: tuple[datetime, datetime],
    reason: str,
) -> None:
    """Offer a swap to PERSON."""
    body = wire_duty.ProposeSwap(
        schedule=name,
        other=other,
        starts_at=give[0],
        ends_at=give[1],
        other_starts_at=take[0],
        other_ends_at=take[1],
        reason=reason,
    )
    answer = session.change("POST", "/v1/swaps", body)
    number = session.decode(answer, wire_duty.Swap).id
    session.done(answer, f"swap {number} waits for {other}: incidentctl schedule swap accept {number}")


def _settling(name: str, to: str, text: str) -> None:
    @swap.command(name, help=text)
    @click.argument("change_id", metavar="ID", type=click.IntRange(1))
    @versioned
    @change_options
    @click.pass_obj
    def settle(session: Session, change_id: int, version: int | None) -> None:
        body = session.change("POST", f"/v1/swaps/{change_id}/settle", {"to": to}, version)
        session.done(body, f"swap {change_id} is {session.decode(body, wire_duty.Swap).state}")


_settling("accept", "accepted", "Accept a swap that was offered to you.")
_settling("decline", "declined", "Decline a swap, or take your acceptance back until a side of it has begun.")
_settling("cancel", "cancelled", "Take back a swap that you offered and nobody has accepted.")


schedule.add_command(request)


# ---------------------------------------------------------------------- absences
@schedule.group()
def absence() -> None:
    """Somebody is away: their turns are gaps, or go to a stand-in."""


def _told_absence(session: Session, body: bytes) -> None:
    a = session.decode(body, wire_duty.Absence)
    over = " is taken back" if a.cancelled else ""
    span = f"from {session.when(a.starts_at)} until {session.when(a.ends_at)}"
    session.done(body, f"absence {a.id}{over}: {a.person} is away {span}, {a.stand_in or 'nobody'} stands in")


@absence.command("add")
@click.argument("person", default="")
@_from
@_for
@_until
@click.option("--stand-in", default="", metavar="PERSON", help="Who has their turns (default: nobody, a gap).")
@_reason
@change_options
@click.pass_obj
def add_absence(
    session: Session,
    person: str,
    begin: datetime | None,
    span: timedelta | None,
    until: datetime | None,
    stand_in: str,
    reason: str,
) -> None:
    """Say that PERSON (you, by default) is away."""
    ends_at = _end(begin, span, until)
    body = wire_duty.SetAbsence(person=person, starts_at=begin, ends_at=ends_at, stand_in=stand_in, reason=reason)
    _told_absence(session, session.change("POST", "/v1/absences", body))


@absence.command("end")
@click.argument("change_id", metavar="ID", type=click.IntRange(1))
@versioned
@change_options
@click.pass_obj
def end_absence(session: Session, change_id: int, version: int | None) -> None:
    """Take an absence back; one that has begun ends now."""
    _told_absence(session, session.change("DELETE", f"/v1/absences/{change_id}", version=version))
