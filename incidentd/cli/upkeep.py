"""`incidentctl doctor` and `log-level`: what is wrong with the installation, and how much is logged."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import click
import msgspec

from incidentd.cli.findings import show
from incidentd.cli.parts import SPAN, change_options, read_options
from incidentd.cli.refusal import Failure
from incidentd.cli.screen import fields, table, toned
from incidentd.cli.session import Session
from incidentd.domain.checkup import Finding, ok, problem, skipped
from incidentd.wire import Info
from incidentd.wire import upkeep as wire

_SECONDS = 120.0
_NO_DAEMON = 3  # the exit code
_FORBIDDEN = 403


@click.command()
@click.option("--deep", is_flag=True, help="Read the whole SQLite database for damage, too.")
@click.option("--all", "everything", is_flag=True, help="Show what is well and what was skipped, too.")
@read_options
@click.pass_context
def doctor(ctx: click.Context, deep: bool, everything: bool) -> None:
    """Look for what is wrong with the daemon and its machine, and say what mends it. Changes nothing.

    The daemon is asked for what it sees itself, if you are an administrator. When it does not answer, the installation
    is looked at with your own rights, as `incidentd doctor` does. Exit code 1: there is a problem.
    """
    session: Session = ctx.obj
    ctx.exit(show(_found(session, deep=deep), everything=everything, as_json=session.as_json))


def _found(session: Session, *, deep: bool) -> list[Finding]:
    try:
        info = session.decode(session.get("/v1/info"), Info)
    except Failure as error:
        if error.code != _NO_DAEMON:
            raise
        return [_away(session, error), *_here(deep=deep)]
    found = [
        ok("connection", f"{session.socket_path}: incidentd {info.version} of node {info.node}"),
        ok("you", f"{info.person or 'nobody in the roster'}, with the role {info.role}"),
    ]
    try:
        report = session.decode(session.get("/v1/doctor", deep="true" if deep else ""), wire.DoctorReport)
    except Failure as error:
        if error.problem is None or error.problem.status != _FORBIDDEN:
            raise
        return [*found, skipped("daemon", "what it sees of its installation is for administrators"), *_here(deep=deep)]
    return [*found, *(msgspec.convert(one, Finding, from_attributes=True) for one in report.findings)]


def _away(session: Session, error: Failure) -> Finding:
    means = "nobody is paged, unless it runs and you may not speak to it"
    remedy = "systemctl status incidentd.service; or name its socket with --socket"
    return problem("connection", error.format_message(), means, remedy)


def _here(*, deep: bool) -> list[Finding]:
    """What can be seen without the daemon: another program looks, for this one starts without what that needs."""
    command = [sys.executable, "-m", "incidentd", "doctor", "--json", *(["--deep"] if deep else [])]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - our own
        document = json.loads(done.stdout)
        return msgspec.convert(document["findings"], list[Finding])
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired, msgspec.ValidationError) as error:
        return [skipped("installation", f"incidentd doctor did not answer: {type(error).__name__}")]


@click.command("log-level")
@click.argument("level", required=False, type=click.Choice(["debug", "info", "warning", "error"]))
@click.option(
    "--for", "lasts", type=SPAN, default="15m", show_default=True, help="How long; then it goes back by itself."
)
@click.option("--logger", metavar="NAME", help="Of one part only, such as incidentd.ingress or sqlalchemy.engine.")
@click.option("--back", is_flag=True, help="Go back to the configured level at once.")
@change_options
@click.pass_obj
def log_level(session: Session, level: str | None, lasts: timedelta, logger: str | None, back: bool) -> None:
    """Show how much the daemon logs, or change it for a while without a restart.

    A change ends by itself, and at a restart: for good it is log_level in incidentd.toml and `incidentctl reload`.
    """
    if level is not None and back:
        raise click.UsageError("say a level, or --back")
    if level is None and not back:
        found = session.read(session.get("/v1/log-level"), wire.LogLevel)
        if found is not None:
            _print_level(session, found)
        return
    body = wire.SetLogLevel(level=level, seconds=lasts.total_seconds(), logger=logger)  # type: ignore[arg-type]
    answer = session.change("POST", "/v1/log-level", body)
    found = session.decode(answer, wire.LogLevel)
    of = f" of {logger}" if logger else ""
    until = next((one.until for one in found.changed if one.logger == (logger or "")), None)
    if until is None:
        session.done(answer, f"the level{of} is the configured one")
    else:
        session.done(answer, f"the level{of} is {level} until {session.when(until)}, then the configured one")


def _print_level(session: Session, found: wire.LogLevel) -> None:
    fields([("level", found.level), ("configured", found.configured)])
    if found.changed:
        print()
        rows = [(one.logger or "all", toned(one.level), session.when(one.until), one.by) for one in found.changed]
        table(("LOGGER", "LEVEL", f"UNTIL ({session.zone})", "BY"), rows)
