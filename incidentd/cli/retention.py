"""`incidentctl retention`: how long what piles up stays, what would go now, and a run at once."""

from __future__ import annotations

import click

from incidentd.cli.parts import change_options, read_options
from incidentd.cli.screen import fields, hang, listed, table, toned
from incidentd.cli.session import Session
from incidentd.domain.byte_sizes import readable
from incidentd.domain.display import safe_line
from incidentd.wire import retention as wire_retention

_PATH = "/v1/retention"


@click.group()
def retention() -> None:
    """How long what piles up stays; nothing of an incident or a review ever goes."""


def _kept(days: float | None) -> str:
    return "for ever" if days is None else f"{days:g} days"


def _removed(counts: wire_retention.RetentionCount) -> str:
    told = [(counts.rows, "rows"), (counts.events, "events")]
    return f"{listed(f'{number} {name}' for number, name in told if number)} ({readable(counts.bytes)})"


@retention.command()
@read_options
@click.pass_obj
def show(session: Session) -> None:
    """The policy, the next run, and what the latest ones removed."""
    found = session.read(session.get(_PATH), wire_retention.RetentionPolicy)
    if found is None:
        return
    whole = "its beginning" if found.whole_from == 1 else f"seq {found.whole_from}"
    fields([
        ("next run", session.when(found.next_at)), ("every day at", f"{found.at} {found.zone}"),
        ("holds in force", found.holds), ("the log is whole from", whole),
    ])  # fmt: skip
    print()
    table(("CLASS", "KEPT", "WHAT"), [(one.name, _kept(one.days), one.what) for one in found.classes])
    print()
    rows = [
        (
            session.brief(one.started_at),
            toned(one.state),
            one.by,
            "; ".join(f"{name}: {_removed(counts)}" for name, counts in one.removed.items()) or "nothing",
            one.error,
        )
        for one in found.runs
    ]
    table((f"RUN ({session.zone})", "STATE", "BY", "REMOVED", "ERROR"), rows, empty="It never ran.", spare=("ERROR",))


@retention.command()
@read_options
@click.pass_obj
def preview(session: Session) -> None:
    """What a run would remove now, and what is old enough and stays; for admins."""
    found = session.read(session.get(f"{_PATH}/preview"), wire_retention.RetentionPreview)
    if found is None:
        return
    rows = [
        (one.name, _kept(one.days), one.removes.rows or "-", one.removes.events or "-",
         readable(one.removes.bytes) if one.removes.bytes else "-")
        for one in found.classes
    ]  # fmt: skip
    table(("CLASS", "KEPT", "ROWS", "EVENTS", "SIZE"), rows)
    kept = [(one.name, reason, number) for one in found.classes for reason, number in one.keeps.items()]
    if kept:
        print()
        table(("OLD ENOUGH", "AND STAYS BECAUSE OF", "HOW MANY"), kept)


@retention.command()
@change_options
@click.pass_obj
def run(session: Session) -> None:
    """Begin a run now, for admins; it goes on by itself, in small steps."""
    body = session.change("POST", f"{_PATH}/run")
    begun = session.decode(body, wire_retention.RetentionRun)
    session.done(body, f"run {begun.id} has begun: see incidentctl retention show")


def erased(session: Session, customer_id: int, reason: str) -> None:
    """Erase a customer, and say what stays."""
    body = session.change("POST", f"/v1/customers/{customer_id}/erase", wire_retention.EraseCustomer(reason=reason))
    found = session.decode(body, wire_retention.ErasedCustomer)
    session.done(
        body,
        f"customer {customer_id} is erased: {found.reports} reports, {found.messages} messages, "
        f"{found.attachments} attachments",
    )
    if not (session.as_json or session.quiet):
        for one in found.stays:
            hang("  stays: ", safe_line(one), lead_width=9)
