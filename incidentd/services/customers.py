"""Customers: who writes to us, and what they are to us."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.domain.reports import Customer
from incidentd.services import cursors
from incidentd.services.errors import Conflict
from incidentd.services.report_changes import ReportChanges
from incidentd.services.report_views import customer_views, existing_customer
from incidentd.storage import customers, reports
from incidentd.storage.customers import Address
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import reports as wire_reports

_PLAIN = ("kind", "name", "notes")


class Customers:
    """Implements `contracts.CustomerCalls`."""

    def __init__(self, store: Store, changes: ReportChanges) -> None:
        self._store = store
        self._changes = changes

    async def list(self, text: str, limit: int, cursor: str) -> wire_reports.CustomerPage:
        """Newest first, with every word of `text` in name, notes or an address. Raises `Invalid`."""
        before = cursors.decode(cursor)

        def read(conn: Connection) -> wire_reports.CustomerPage:
            rows = customers.listed(conn, text, before, limit + 1)
            after = cursors.encode(rows[limit - 1].id if len(rows) > limit else None)
            return wire_reports.CustomerPage(customers=customer_views(conn, rows[:limit]), next_cursor=after)

        return await self._store.read(read)

    async def get(self, customer_id: int) -> wire_reports.Customer:
        """One customer. Raises `NotFound`."""
        return await self._store.read(lambda conn: _view(conn, existing_customer(conn, customer_id)))

    async def edit(
        self, customer_id: int, body: wire_reports.EditCustomer, actor: str, if_version: int | None
    ) -> wire_reports.Customer:
        """Correct what we know; another kind has other clocks, for open reports too.

        Raises `NotFound`, and `Conflict` for an address of another customer.
        """

        def command(tx: Tx) -> wire_reports.Customer:
            found = existing_customer(tx.conn, customer_id, lock=True)
            if if_version is not None and if_version != found.version:
                raise Conflict(f"customer {found.id} has changed meanwhile", current=_view(tx.conn, found))
            wanted = {name: value for name in _PLAIN if (value := getattr(body, name)) is not None}
            changes = {name: value for name, value in wanted.items() if value != getattr(found, name)}
            told = {name: {"from": getattr(found, name), "to": value} for name, value in changes.items()}
            if body.addresses is not None:
                told |= _set_addresses(tx, found, {(one.channel, one.address) for one in body.addresses})
            if not told:
                return _view(tx.conn, found)
            tx.emit("customer.edited", f"customer:{found.id}", {"changes": told}, actor=actor)
            changed = customers.change(tx, found, **changes)
            if "kind" in changes:
                for report in reports.open_of_customer(tx, found.id):
                    self._changes.save(tx, report)
            return _view(tx.conn, changed)

        return await self._store.write(command)


def _set_addresses(tx: Tx, customer: Customer, wanted: set[Address]) -> dict[str, dict[str, list[str]]]:
    """Let `wanted` be all the addresses of a customer; returns what changed, as the event tells it."""
    known = set(customers.addresses(tx.conn, [customer.id])[customer.id])
    for address in sorted(wanted - known):
        if (other := customers.of_address(tx.conn, address)) is not None:
            raise Conflict(
                f"{address[1]} on {address[0]} is an address of customer {other.id} ({other.name})",
                field="addresses",
                remedy=f"take it from customer {other.id} first; their reports stay theirs",
            )
        customers.add_address(tx, customer.id, address)
    customers.remove_addresses(tx, customer.id, sorted(known - wanted))
    changed = {"from": _written(known), "to": _written(wanted)}
    return {"addresses": changed} if known != wanted else {}


def _written(addresses: set[Address]) -> list[str]:
    return [" ".join(one) for one in sorted(addresses)]


def _view(conn: Connection, customer: Customer) -> wire_reports.Customer:
    return customer_views(conn, [customer])[0]
