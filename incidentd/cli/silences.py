"""`incidentctl silence`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import click

from incidentd.cli.hidings import show_hiding
from incidentd.cli.parts import INSTANT, SPAN, change_options, read_options
from incidentd.cli.recurring import Calendar, calendar_options, set_recurring
from incidentd.cli.screen import fields, section, table, toned
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import silences as wire_silences

_HOW_LONG = timedelta(hours=1)


@click.group()
def silence() -> None:
    """Silences: alerts that match are shown, and nobody is paged."""


def _row(session: Session, s: wire_silences.Silence) -> tuple[object, ...]:
    matchers = " ".join(s.matchers)
    return (
        s.id,
        toned(s.status),
        session.brief(s.starts_at),
        session.brief(s.ends_at),
        s.created_by,
        matchers,
        s.comment,
    )


@silence.command("list")
@click.option(
    "--state",
    type=click.Choice(["current", "active", "pending", "expired", "all"]),
    default="current",
    show_default="current: active and pending",
    help="An expired one is listed for five days.",
)
@read_options
@click.pass_obj
def list_(session: Session, state: str) -> None:
    """List silences, the next to end first."""
    found = session.read(session.get("/v1/silences", state=state), wire_silences.SilenceList)
    if found is not None:
        head = ("ID", "STATUS", f"FROM ({session.zone})", "UNTIL", "BY", "MATCHERS", "COMMENT")
        rows = [_row(session, one) for one in found.silences]
        table(head, rows, empty="There is no such silence.", spare=(head[2], "BY"))


@silence.command()
@click.argument("silence_id", metavar="ID")
@read_options
@click.pass_obj
def show(session: Session, silence_id: str) -> None:
    """Show one silence."""
    s = session.read(session.get(_path(silence_id)), wire_silences.Silence)
    if s is None:
        return
    print(f"{safe_line(s.name)} ({safe_line(s.status)})")
    fields([
        ("id", s.id), ("comment", s.comment), ("by", s.created_by), ("from", session.when(s.starts_at)),
        ("until", session.when(s.ends_at)), ("rule", f"R-{s.rule}" if s.rule else ""),
        ("changed", session.when(s.updated_at)),
    ])  # fmt: skip
    section("Matchers")
    for matcher in s.matchers:
        print(f"  {safe_line(matcher)}")
    if s.annotations:
        section("Annotations")
        fields(sorted(s.annotations.items()))


@silence.command()
@click.argument("matchers", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("-c", "--comment", required=True, help="Why; the others read it.")
@click.option("-d", "--for", "span", type=SPAN, help="How long, such as 90s, 15m or 2h.  [default: 1h]")
@click.option("--from", "begin", type=INSTANT, help="From when (default: now).")
@click.option("--until", type=INSTANT, help="Until when, instead of --for; of a rule: the last start.")
@click.option("--id", "silence_id", default="", metavar="ID", help="Change this silence.")
@calendar_options
@change_options
@click.pass_obj
def add(
    session: Session,
    matchers: tuple[str, ...],
    comment: str,
    span: timedelta | None,
    begin: datetime | None,
    until: datetime | None,
    silence_id: str,
    calendar: Calendar,
) -> None:
    """Silence alerts whose labels match: NAME=VALUE, also !=, =~ and !~. `silence preview` shows which.

    With --every 'sun 02:00-04:00' --zone Europe/London it recurs.
    """
    if calendar.recurs:
        if silence_id:
            raise click.UsageError("--id is of one silence; a rule is changed by --rule R-2")
        plan = wire_quieting.SilencePlan(matchers=matchers, comment=comment)
        set_recurring(session, calendar.rule(span, begin, until), calendar.rule_id, silence=plan)
        return
    calendar.refuse_rest()
    if span is not None and until is not None:
        raise click.UsageError("--for and --until exclude each other")
    ends_at = until or (begin or datetime.now(UTC)) + (span or _HOW_LONG)
    wanted = wire_silences.SetSilence(
        matchers=matchers, ends_at=ends_at, comment=comment, id=silence_id, starts_at=begin
    )
    body = session.change("POST", "/v1/silences", wanted)
    s = session.decode(body, wire_silences.Silence)
    session.done(body, f"{s.name} is {s.status} until {session.when(s.ends_at)}, id {s.id}")


@silence.command()
@click.argument("silence_id", metavar="ID")
@change_options
@click.pass_obj
def expire(session: Session, silence_id: str) -> None:
    """End a silence now: what still fires is told about."""
    body = session.change("DELETE", _path(silence_id))
    session.done(body, f"{session.decode(body, wire_silences.Silence).name} has ended")


@silence.command()
@click.argument("matchers", nargs=-1, required=True, metavar="NAME=VALUE...")
@read_options
@click.pass_obj
def preview(session: Session, matchers: tuple[str, ...]) -> None:
    """Show the alerts that a silence would hide, and would have hidden lately."""
    show_hiding(session, wire_quieting.PreviewHiding(matchers=matchers))


def _path(silence_id: str) -> str:
    return f"/v1/silences/{quote(silence_id, safe='')}"
