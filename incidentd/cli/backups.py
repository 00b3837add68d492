"""`incidentctl backup`: what there is to fall back on, and one more now."""

from __future__ import annotations

import click

from incidentd.cli.parts import change_options, read_options
from incidentd.cli.screen import Painted, fields, hang, table
from incidentd.cli.session import Session
from incidentd.domain.byte_sizes import readable
from incidentd.wire import backups as wire_backups


@click.group()
def backup() -> None:
    """Backups of the store. `incidentd restore FILE` puts one in its place."""


@backup.command("list")
@read_options
@click.pass_obj
def list_(session: Session) -> None:
    """Those that are there, newest first, and when the next is made."""
    found = session.read(session.get("/v1/backups"), wire_backups.StoreBackups)
    if found is None:
        return
    never = "when somebody asks: [backup] in incidentd.toml says when and where"
    fields([
        ("directory", found.directory), ("next", session.when(found.next_at) if found.next_at else never),
        ("disk", "not known" if found.disk_free is None else f"{readable(found.disk_free)} free"),
        *([("the last failed", found.failed)] if found.failed else []),
    ])  # fmt: skip
    print()
    rows = [
        (
            session.brief(one.made_at),
            readable(one.bytes),
            one.last_seq,
            one.rows,
            Painted("restored to try it", "good") if one.verified_at and not one.doubts else Painted("doubtful", "bad"),
            one.file,
        )
        for one in found.backups
    ]
    table((f"MADE ({session.zone})", "SIZE", "EVENTS", "ROWS", "STATE", "FILE"), rows, empty="There is no backup.")
    for one in found.backups:
        for doubt in one.doubts:
            hang("  ", f"{one.file}: {doubt}")


@backup.command()
@change_options
@click.pass_obj
def now(session: Session) -> None:
    """Make one now, and restore it to try it."""
    body = session.change("POST", "/v1/backups")
    made = session.decode(body, wire_backups.StoreBackup)
    session.done(body, f"made {made.file}: {readable(made.bytes)}, events up to {made.last_seq}, {made.seconds:.1f} s")
