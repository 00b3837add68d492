"""`incidentctl unit`: failed units of systemd, told by a handler of OnFailure=, and their recovery, seen by a timer."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from incidentd.cli.handing import Way, keep, report, way_options
from incidentd.cli.jsontext import compact
from incidentd.cli.parts import change_options
from incidentd.cli.session import Session
from incidentd.cli.unit_facts import at_failure, journal, properties, recovery
from incidentd.domain.display import safe_line

PATH = "/systemd/unit"
SYSTEM_STATE = "/var/lib/incidentd-units"
_UNIT = re.compile(r"[A-Za-z0-9:_.\\@-]{1,255}")

_state_option = click.option(
    "--state",
    "state",
    default=lambda: os.environ.get("STATE_DIRECTORY", SYSTEM_STATE).partition(":")[0],
    show_default=f"$STATE_DIRECTORY or {SYSTEM_STATE}",
    metavar="DIR",
    help="Where it is noted which units failed.",
)


@click.group()
def unit() -> None:
    """Failed units of systemd."""


@unit.command()
@click.argument("name", metavar="UNIT")
@click.option("--host", default=socket.gethostname, show_default="this host's name")
@_state_option
@way_options
@change_options
@click.pass_obj
def failed(session: Session, /, name: str, host: str, state: str, way: Way) -> None:
    """Tell that UNIT failed, with its result and the end of its journal. For a handler of OnFailure=."""
    if not _UNIT.fullmatch(name) or name in (".", ".."):
        raise click.UsageError(f"{safe_line(name)!r} is no unit's name, as systemctl shows it")
    body = {"unit": name, "host": host, "state": "failed", "properties": at_failure(name, os.environ)}
    body["journal"] = journal(name)
    with _noted(Path(state)):
        _note(Path(state) / name, host)
        entry = keep(PATH, {**body, "at": datetime.now(UTC)}, way)
    report(session, entry, way)


@unit.command()
@_state_option
@way_options
@change_options
@click.pass_obj
def check(session: Session, /, state: str, way: Way) -> None:
    """Tell which of the units that failed are well again. For a timer."""
    recovered: list[str] = []
    entry = ""
    for note in sorted(Path(state).iterdir()) if Path(state).is_dir() else ():
        with _noted(Path(state)):
            why = recovery(properties(note.name))
            if not why or not note.exists():
                continue
            body = {"unit": note.name, "host": _host(note), "state": "recovered", "at": datetime.now(UTC), "why": why}
            entry = keep(PATH, body, way)
            note.unlink()
            recovered.append(note.name)
    if recovered:
        report(session, entry, way)
    elif session.as_json:
        print(compact({"outcome": "nothing", "entry": "", "detail": ""}))


@contextlib.contextmanager
def _noted(directory: Path) -> Iterator[None]:
    """Hold the notes, so that a failure and a recovery of one unit are told in their order, where that is possible."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _note(note: Path, host: str) -> None:
    """Remember to look after a unit. Where that is impossible its failure is told all the same, and ended by hand."""
    try:
        note.write_text(json.dumps({"host": host}), encoding="utf-8")
    except OSError as error:
        click.echo(f"incidentctl: a recovery will not be seen: {safe_line(str(error))}", err=True)


def _host(note: Path) -> str:
    try:
        host = json.loads(note.read_text(encoding="utf-8"))["host"]
    except (OSError, ValueError, KeyError, TypeError):
        return socket.gethostname()
    return str(host)
