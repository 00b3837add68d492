"""`incidentctl audit`: the events of an incident as a chain of hashes, and its check without any daemon."""

from __future__ import annotations

from typing import TextIO

import click

from incidentd.cli.parts import INCIDENT, OUTPUT, read_options, write
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire.audit import Audit, AuditHead
from incidentd.wire.retention import LogCheck


@click.group()
def audit() -> None:
    """Prove that what was written about an incident has not changed."""


@audit.command()
@click.argument("incident_id", type=INCIDENT)
@OUTPUT
@read_options
@click.pass_obj
def export(session: Session, incident_id: int, output: str) -> None:
    """Write every event of an incident with its hash, as JSON Lines."""
    from incidentd.domain.audit import lines

    body = session.get(f"/v1/incidents/{incident_id}/audit")
    if session.as_json:
        session.print_json(body)
        return
    found = session.decode(body, Audit)
    write(output, "\n".join(lines(found)) + "\n")
    if output != "-":
        print(safe_line(f"INC-{incident_id}: {found.count} records, head {found.head}"))


@audit.command()
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def head(session: Session, incident_id: int) -> None:
    """Print the hash that covers all events so far: keep it elsewhere."""
    found = session.read(session.get(f"/v1/incidents/{incident_id}/audit/head"), AuditHead)
    if found is not None:
        print(f"INC-{incident_id} {found.count} {safe_line(found.head)}")


@audit.command()
@read_options
@click.pass_context
def check(ctx: click.Context) -> None:
    """Check the whole log in the store, for admins: is all there, but for what retention removed?

    Every number must be there or in the record of a removal, and every chain of hashes must follow. Exits with 1
    otherwise. Keep the hash of the last removal elsewhere: it covers all before it.
    """
    session: Session = ctx.obj
    body = session.get("/v1/log/check")
    found = session.decode(body, LogCheck)
    if session.as_json:
        session.print_json(body)
    else:
        print(f"{found.events} events up to seq {found.last_seq}, {found.removed} removed by retention")
        print(
            f"{found.incidents} chains of incidents, {found.removals} records of removals, head {safe_line(found.head)}"
        )
        for fault in found.faults:
            click.echo(safe_line(f"! {fault.where}: {fault.text}"), err=True)
    if found.faults:
        ctx.exit(Exit.NOT_WELL)


@audit.command()
@click.argument("file", type=click.File(encoding="utf-8", errors="surrogateescape"))
@click.option("--head", "noted", default="", metavar="HASH", help="A hash that was kept elsewhere, now or earlier.")
@read_options
@click.pass_obj
def verify(session: Session, file: TextIO, noted: str) -> None:
    """Check an audit export; needs no daemon. "-" reads standard input.

    Says the first record that does not follow from those before it, and exits with 1. Without --head a file that was
    made anew as a whole looks as good as the first one.
    """
    from incidentd.domain.audit import Broken, verify

    try:
        proof = verify(file.read(), noted.strip().lower())
    except Broken as broken:
        raise Failure(str(broken), Exit.NOT_WELL, remedy="compare it with an export that was kept elsewhere") from None
    if session.as_json:
        session.print_value(proof)
        return
    print(f"INC-{proof.incident_id}: {proof.count} records, each follows from the one before; head {proof.head}")
    if proof.noted_at is None:
        print("Nothing shows that it is the same chain as earlier: give --head with a hash that was kept elsewhere.")
    else:
        print(f"The hash that was noted is that of record {proof.noted_at}: it and all before it are as they were.")
