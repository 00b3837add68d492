"""`incidentctl node`: the nodes that share one database."""

from __future__ import annotations

from urllib.parse import quote

import click

from incidentd.cli.parts import change_options, read_options
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import Painted, fields, hang, listed, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.domain.local_times import localised
from incidentd.wire import nodes as wire_nodes

_TONES = {"up": "good", "late": "warn", "gone": "bad"}


@click.group()
def node() -> None:
    """The nodes that share the database."""


@node.command("list")
@read_options
@click.pass_obj
def list_(session: Session) -> None:
    """List the nodes, and what is not the same on all of them."""
    found = session.read(session.get("/v1/nodes"), wire_nodes.Nodes)
    if found is None:
        return
    _print_problems(session, found)
    rows = [
        (
            f"{one.name} *" if one.here else one.name,
            _state(one),
            session.brief(one.seen_at),
            session.brief(one.started_at),
            one.version,
            one.process or "-",
            listed(one.addresses) or "-",
            listed(one.differs) or "-",
        )
        for one in found.nodes
    ]
    zone = session.zone
    head = ("NODE", "STATE", f"LAST SIGN ({zone})", "STARTED", "VERSION", "PROCESS", "LISTENS ON", "DIFFERS IN")
    table(head, rows, spare=("STARTED", "LISTENS", "PROCESS"))


def _print_problems(session: Session, found: wire_nodes.Nodes) -> None:
    for problem in found.problems:
        hang("! ", safe_line(localised(problem, session.zoned)), tone="warn")
    if found.note:
        hang("", safe_line(found.note), tone="dim")


def _state(one: wire_nodes.Node) -> Painted:
    return Painted(one.state, _TONES.get(one.state, "dim"))


@node.command()
@click.argument("name")
@read_options
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show all that node NAME says of itself."""
    body = session.get("/v1/nodes")
    found = session.decode(body, wire_nodes.Nodes)
    named = [one for one in found.nodes if one.name == name]
    if not named:
        known = listed(one.name for one in found.nodes)
        raise Failure(f"there is no node {safe_line(name)}: there are {safe_line(known)}", Exit.NOT_FOUND)
    if session.as_json:
        session.print_json(body)
        return
    for one in named:
        fields([
            ("node", one.name), ("state", one.state), ("last sign", session.when(one.seen_at)),
            ("started", session.when(one.started_at)),
            ("stopped", session.when(one.stopped_at) if one.stopped_at else ""),
            ("host", one.host), ("version", one.version), ("API", one.api_version),
            ("schema", f"knows {one.schema}, the database has {found.schema}"), ("process", one.process),
            ("listens on", listed(one.addresses)), ("clock", f"{one.clock_offset:+.3f} s of the database's"),
            ("differs in", listed(one.differs)), ("id", one.id),
        ])  # fmt: skip


@node.command()
@click.argument("name")
@change_options
@click.pass_obj
def forget(session: Session, name: str) -> None:
    """Wait no longer for node NAME, which will not return. One that returns is known again."""
    body = session.change("POST", f"/v1/nodes/{quote(name, safe='')}/forget")
    session.done(body, f"nobody waits for node {safe_line(name)} any more")
