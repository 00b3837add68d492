"""`incidentctl spool`: what waits on disk for the daemon, and what it refused."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from incidentd.cli.handing import Way, drain, way_options
from incidentd.cli.jsontext import indented
from incidentd.cli.parts import change_options, read_options
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.spool import BadEntry, Spool, default_directory

_spool_option = click.option("--spool", "directory", default="", metavar="DIR", help="Default: $INCIDENTD_SPOOL.")


def _spool(directory: str) -> Spool:
    return Spool(Path(directory) if directory else default_directory())


@click.group()
def spool() -> None:
    """What waits on disk for the daemon, and what it refused."""


@spool.command("list")
@_spool_option
@read_options
@click.pass_obj
def list_(session: Session, directory: str) -> None:
    """List the entries that wait, and those that were set aside with the reason."""
    found = _spool(directory)
    rows = [_row(found, name) for name in found.names()]
    rows += [{"entry": one.name, "state": "refused", "path": "", "detail": one.reason} for one in found.refused()]
    if session.as_json:
        print(indented({"directory": str(found.directory), "entries": rows}))
        return
    head = ("ENTRY", "STATE", "PATH", "DETAIL")
    table(head, [tuple(row.values()) for row in rows], empty=f"{safe_line(str(found.directory))} is empty.")


def _row(found: Spool, name: str) -> dict[str, str]:
    try:
        entry = found.read(name)
    except (BadEntry, FileNotFoundError) as error:
        return {"entry": name, "state": "waits", "path": "", "detail": str(error)}
    detail = msgspec.json.format(bytes(entry.body), indent=-1).decode("utf-8", "replace")[:200]
    return {"entry": name, "state": "waits", "path": entry.path, "detail": detail}


@spool.command("drain")
@way_options
@change_options
@click.pass_obj
def drain_(session: Session, way: Way) -> None:
    """Hand in what waits, for a timer on a host without a daemon. Exit code 3 when something is left."""
    drained = drain(way)
    if session.as_json:
        refused = [{"entry": one.entry, "reason": one.reason} for one in drained.refused]
        print(indented({"taken": drained.taken, "refused": refused, "stopped": drained.stopped}))
    elif not session.quiet:
        print(f"{drained.taken} taken, {len(drained.refused)} refused")
    if drained.stopped:
        raise Failure(f"entries are left: {drained.stopped}", Exit.UNREACHABLE)


@spool.command()
@click.argument("entries", nargs=-1, metavar="[ENTRY]...")
@click.option("--all", "every", is_flag=True, help="Every entry that was refused.")
@_spool_option
@change_options
@click.pass_obj
def retry(session: Session, entries: tuple[str, ...], every: bool, directory: str) -> None:
    """Let refused entries wait again, in their old place in the order."""
    if every == bool(entries):
        raise click.UsageError("name entries, or say --all")
    found = _spool(directory)
    names = [one.name for one in found.refused()] if every else list(entries)
    for name in names:
        try:
            found.put_back(name)
        except FileNotFoundError:
            raise Failure(
                f"{name} is not among the refused entries", Exit.NOT_FOUND, remedy="incidentctl spool list"
            ) from None
    if session.as_json:
        print(indented({"waiting": names}))
    elif not session.quiet:
        print(f"{len(names)} wait again")
