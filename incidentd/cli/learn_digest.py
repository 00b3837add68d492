"""`incidentctl learn digest`: the learning of the week."""

from __future__ import annotations

import click

from incidentd.cli.parts import read_options
from incidentd.cli.screen import fields, hang, listed
from incidentd.cli.session import Session
from incidentd.wire import library as wire_library


@click.command()
@click.option("--preview", is_flag=True, help="Print the message itself.")
@read_options
@click.pass_obj
def digest(session: Session, preview: bool) -> None:
    """Show which learning is sent next, when and to whom; `digest` of [learning] in process.toml says it."""
    found = session.read(session.get("/v1/library/digest"), wire_library.Digest)
    if found is None:
        return
    if preview and found.learning_id is not None:
        hang("", found.title, tone="bold")
        hang("", found.body)
        return
    nobody = "never: digest of [learning] in process.toml says when and to whom"
    fields([
        ("next", session.when(found.at, "%a %Y-%m-%d %H:%M %Z") if found.at else nobody), ("to", listed(found.to)),
        ("readers", found.readers if found.at else ""),
        ("learning", f"L-{found.learning_id}" if found.learning_id else "nothing to say"), ("title", found.title),
    ])  # fmt: skip
