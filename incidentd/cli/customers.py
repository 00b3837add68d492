"""`incidentctl customer`: who writes to us, and what they are to us."""

from __future__ import annotations

import click

from incidentd.cli.parts import Word, change_options, list_options, read_options, versioned
from incidentd.cli.reports import KINDS
from incidentd.cli.retention import erased
from incidentd.cli.screen import fields, listed, table, words
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import reports as wire_reports

_PATH = "/v1/customers"
_ID = click.IntRange(1, 2**53)


@click.group()
def customer() -> None:
    """Customers: who writes to us, and what they are to us."""


@customer.command("list")
@click.option("-q", "--query", "--search", "q", default="", help="Words to look for, in addresses too.")
@list_options
@click.pass_obj
def list_(session: Session, /, **query: object) -> None:
    """List customers, newest first."""
    found = session.read(session.get(_PATH, **query), wire_reports.CustomerPage)
    if found is None:
        return
    rows = [(one.id, words(one.kind), one.name, listed(map(_where, one.addresses))) for one in found.customers]
    table(("ID", "KIND", "NAME", "ADDRESSES"), rows, empty="No customer matches.")
    if found.next_cursor:
        click.echo(f"for more: --cursor {safe_line(found.next_cursor)}", err=True)


def _where(one: wire_reports.Address) -> str:
    return f"{one.address} ({one.channel})"


@customer.command()
@click.argument("customer_id", type=_ID)
@read_options
@click.pass_obj
def show(session: Session, customer_id: int) -> None:
    """Show a customer."""
    one = session.read(session.get(f"{_PATH}/{customer_id}"), wire_reports.Customer)
    if one is None:
        return
    print(safe_line(f"{one.id} {one.name} ({words(one.kind)})"))
    fields([
        ("writes from", listed(map(_where, one.addresses))), ("known since", session.when(one.created_at)),
        ("notes", one.notes), ("version", one.version),
    ])  # fmt: skip


def _address(text: str) -> wire_reports.NewAddress:
    channel, equals, address = text.partition("=")
    if not (channel and equals and address):
        raise click.BadParameter("write CHANNEL=ADDRESS, such as mail=bo@example.org", param_hint="--address")
    return wire_reports.NewAddress(channel=channel, address=address)


@customer.command()
@click.argument("customer_id", type=_ID)
@click.option("--reason", required=True, help="Why, such as the number of the request.")
@change_options
@click.pass_obj
def erase(session: Session, customer_id: int, reason: str) -> None:
    """Blank a customer and all that they wrote, for admins; this cannot be undone."""
    erased(session, customer_id, reason)


@customer.command()
@click.argument("customer_id", type=_ID)
@click.option("--kind", type=Word(KINDS), help="It decides the questions and the clocks.")
@click.option("--name", default=None)
@click.option("--notes", default=None)
@click.option("--address", "addresses", multiple=True, metavar="CHANNEL=ADDRESS",
              help="All that they write from; repeat it for more.")  # fmt: skip
@versioned
@change_options
@click.pass_obj
def edit(
    session: Session, /, customer_id: int, addresses: tuple[str, ...], version: int | None, **given: str | None
) -> None:
    """Correct the kind, the name, the notes or the addresses."""
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if addresses:
        changes["addresses"] = [_address(one) for one in addresses]
    if not changes:
        raise click.UsageError("say what to change: --kind, --name, --notes or --address")
    body = session.change("PATCH", f"{_PATH}/{customer_id}", changes, version)
    found = session.decode(body, wire_reports.Customer)
    session.done(body, f"{found.name} is {words(found.kind)}")
