"""`incidentctl check` and `heartbeat`: the same commands, over all checks or over those that wait for pings."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import click

from incidentd.cli.parts import change_options, read_options
from incidentd.cli.screen import fields, paint, section, span, table, toned
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import checks as wire_checks

_STATES = ["new", "up", "started", "late", "down", "paused"]
_status = click.option("--status", type=click.Choice(_STATES), help="Only checks that stand so.")


@click.group()
def check() -> None:
    """Heartbeats and probes: what is expected to be well, again and again. NAME may be SOURCE/NAME."""


@click.group()
def heartbeat() -> None:
    """Checks that wait for pings: jobs that say that they ran. NAME may be SOURCE/NAME."""


def _seconds(length: float | None) -> str:
    return "-" if length is None else span(timedelta(seconds=length))


def _print_list(session: Session, kind: str, status: str | None) -> None:
    found = session.read(session.get("/v1/checks", kind=kind, status=status), wire_checks.CheckList)
    if found is None:
        return
    rows = [
        (
            f"{one.source}/{one.name}", one.kind, toned(one.status), session.brief(one.since),
            session.brief(one.last_at), _seconds(one.last_duration), session.brief(one.next_at),
            one.detail or one.expects,
        )
        for one in found.checks
    ]  # fmt: skip
    head = ("CHECK", "KIND", "STATUS", f"SINCE ({session.zone})", "LAST", "TOOK", "NEXT", "DETAIL")
    table(head, rows, empty="There is no such check.", spare=("KIND", "TOOK", head[3]))


@check.command("list")
@click.option("--kind", default="", help="Only this kind: heartbeat, http, tcp, tls, dns ...")
@_status
@read_options
@click.pass_obj
def list_(session: Session, kind: str, status: str | None) -> None:
    """List checks with their last and next results."""
    _print_list(session, kind, status)


@heartbeat.command("list")
@_status
@read_options
@click.pass_obj
def list_heartbeats(session: Session, status: str | None) -> None:
    """List heartbeats with their last and next pings."""
    _print_list(session, "heartbeat", status)


@check.command()
@click.argument("name")
@read_options
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show one check and its latest results."""
    one = session.read(session.get(_path(name)), wire_checks.Check)
    if one is None:
        return
    print(f"{safe_line(one.source)}/{safe_line(one.name)}  {paint(safe_line(one.status), toned(one.status).tone)}")
    fields([
        ("expects", one.expects), ("detail", one.detail), ("description", one.description), ("kind", one.kind),
        ("service", one.service), ("severity", one.severity), ("since", session.when(one.since)),
        ("last", session.when(one.last_at)), ("took", _seconds(one.last_duration)),
        ("next", session.when(one.next_at)), ("down unless heard by", session.when(one.down_at)),
        ("certificate until", session.when(one.certificate_until)),
        ("alert", f"A-{one.alert_id}" if one.alert_id else ""), ("paused", _pause(session, one.paused)),
    ])  # fmt: skip
    if one.recent:
        section("Latest")
        rows = [
            (session.when(r.at), toned(r.outcome), _seconds(r.duration), r.detail) for r in one.recent
        ]  # fmt: skip
        table(("AT", "RESULT", "TOOK", "DETAIL"), rows)


def _pause(session: Session, pause: wire_checks.Pause | None) -> str:
    if pause is None:
        return ""
    return f"by {pause.by} at {session.when(pause.at)}{f': {pause.note}' if pause.note else ''}"


@check.command()
@click.argument("name")
@read_options
@click.pass_obj
def url(session: Session, name: str) -> None:
    """Print where the pings of a heartbeat go. Who knows the address may ping: keep it to the job."""
    found = session.read(session.get(f"{_path(name)}/url"), wire_checks.CheckUrl)
    if found is not None:
        print(safe_line(found.url))


@check.command()
@click.argument("name")
@click.option("-m", "--note", default="", help="Why; the others read it.")
@change_options
@click.pass_obj
def pause(session: Session, name: str, note: str) -> None:
    """Let a check page nobody until it is resumed."""
    body = session.change("POST", f"{_path(name)}/pause", wire_checks.PauseCheck(note=note))
    session.done(body, f"{session.decode(body, wire_checks.Check).name} is paused")


@check.command()
@click.argument("name")
@change_options
@click.pass_obj
def resume(session: Session, name: str) -> None:
    """Take a pause back: the check is judged again from now on."""
    body = session.change("POST", f"{_path(name)}/resume")
    one = session.decode(body, wire_checks.Check)
    session.done(body, f"{one.name} is {one.status}")


@check.command()
@click.argument("name")
@change_options
@click.pass_obj
def delete(session: Session, name: str) -> None:
    """Delete a heartbeat that a ping made (?create=1); its alert ends."""
    body = session.change("DELETE", _path(name))
    session.done(body, f"{session.decode(body, wire_checks.Check).name} is deleted")


for shared in (show, url, pause, resume, delete):
    heartbeat.add_command(shared)


def _path(name: str) -> str:
    return f"/v1/checks/{quote(name, safe='')}"
