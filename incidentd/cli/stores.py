"""`incidentctl store`: how large the store is, and how long its disk will do."""

from __future__ import annotations

import click

from incidentd.cli.parts import read_options
from incidentd.cli.screen import fields, table
from incidentd.cli.session import Session
from incidentd.domain.byte_sizes import readable
from incidentd.wire import store as wire_store


@click.command()
@click.option("--all", "every", is_flag=True, help="Tables without rows, too.")
@read_options
@click.pass_obj
def store(session: Session, every: bool) -> None:
    """How large the store is, by table; how fast it grows, and what its disk has left."""
    found = session.read(session.get("/v1/store"), wire_store.StoreSize)
    if found is None:
        return
    whole = found.whole
    growth = "known after a day" if whole.growth_a_day is None else f"{readable(whole.growth_a_day)} a day"
    disk = "not known" if whole.disk_free is None else f"{readable(whole.disk_free)} free"
    fields([
        ("engine", whole.engine), ("in use", readable(whole.bytes)), ("free again", readable(whole.reusable)),
        ("growth", growth), ("disk", disk),
        *([("enough for", f"{found.enough_for:.0f} days")] if found.enough_for is not None else []),
        ("measured", session.when(found.measured_at)),
    ])  # fmt: skip
    print()
    rows = [
        (one.name, "-" if one.bytes is None else readable(one.bytes), one.rows, session.brief(one.oldest))
        for one in found.tables
        if one.rows or every
    ]
    table(("TABLE", "SIZE", "ROWS", f"OLDEST ({session.zone})"), rows, empty="No table has rows.")
