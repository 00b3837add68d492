"""Customers as rows, and the addresses at which they write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, update

from incidentd.domain.customers import CustomerKind
from incidentd.domain.reports import Customer
from incidentd.storage.schema_support import customer_addresses, customers
from incidentd.storage.text_search import contains
from incidentd.storage.tx import Tx

_PART = 500
Address = tuple[str, str]
"""Channel instance and address there."""


# Built once: to build a statement costs several times what it costs to run it, and a broadcast runs it often.
_GET = select(customers).where(customers.c.id == bindparam("of_customer"))
_LOCK = _GET.with_for_update()


def _customer(row: Row[Any]) -> Customer:
    return Customer(
        **{name: getattr(row, name) for name in Customer.__struct_fields__} | {"kind": CustomerKind(row.kind)}
    )


def get(conn: Connection, customer_id: int, *, lock: bool = False) -> Customer | None:
    """One customer, None when there is none."""
    row = conn.execute(_LOCK if lock else _GET, {"of_customer": customer_id}).one_or_none()
    return None if row is None else _customer(row)


def of_address(conn: Connection, address: Address) -> Customer | None:
    """Whoever writes from `address`."""
    channel, where = customer_addresses.c.channel, customer_addresses.c.address
    query = select(customers).join(customer_addresses, customer_addresses.c.customer_id == customers.c.id)
    row = conn.execute(query.where(channel == address[0], where == address[1])).one_or_none()
    return None if row is None else _customer(row)


def create(tx: Tx, address: Address, kind: CustomerKind, name: str) -> Customer:
    """Store a customer with a first address."""
    values = {"kind": kind, "name": name, "notes": "", "created_at": tx.now, "version": 1}
    customer = _customer(tx.conn.execute(insert(customers).values(**values).returning(customers)).one())
    add_address(tx, customer.id, address)
    return customer


def add_address(tx: Tx, customer_id: int, address: Address) -> None:
    """Let a customer be known by one more address."""
    new = {"channel": address[0], "address": address[1], "customer_id": customer_id}
    tx.conn.execute(insert(customer_addresses).values(**new))


def remove_addresses(tx: Tx, customer_id: int, gone: Iterable[Address]) -> None:
    """Let a customer not be known by some addresses any more."""
    columns = customer_addresses.c
    for channel, where in gone:
        mine = (columns.customer_id == customer_id) & (columns.channel == channel) & (columns.address == where)
        tx.conn.execute(delete(customer_addresses).where(mine))


def change(tx: Tx, customer: Customer, **values: Any) -> Customer:
    """Store new values of columns; the version goes up by one."""
    statement = update(customers).where(customers.c.id == customer.id)
    statement = statement.values(version=customers.c.version + 1, **values)
    return _customer(tx.conn.execute(statement.returning(customers)).one())


def listed(conn: Connection, text: str, before: int | None, limit: int) -> list[Customer]:
    """Customers with every word of `text` in their name, notes or an address, newest first, with an id below."""
    query = select(customers).order_by(customers.c.id.desc()).limit(limit)
    for word in text.split():
        named = select(customer_addresses.c.customer_id).where(contains(customer_addresses.c.address, word))
        hits = (contains(customers.c.name, word), contains(customers.c.notes, word), customers.c.id.in_(named))
        query = query.where(or_(*hits))
    if before is not None:
        query = query.where(customers.c.id < before)
    return [_customer(row) for row in conn.execute(query)]


def many(conn: Connection, ids: Iterable[int]) -> dict[int, Customer]:
    """Customers by id."""
    wanted, found = sorted(set(ids)), {}
    for start in range(0, len(wanted), _PART):
        for row in conn.execute(select(customers).where(customers.c.id.in_(wanted[start : start + _PART]))):
            found[row.id] = _customer(row)
    return found


def addresses(conn: Connection, ids: Iterable[int]) -> dict[int, tuple[Address, ...]]:
    """The addresses of customers, by id of the customer."""
    wanted = sorted(set(ids))
    found: dict[int, list[Address]] = {one: [] for one in wanted}
    order = (customer_addresses.c.channel, customer_addresses.c.address)
    for start in range(0, len(wanted), _PART):
        part = customer_addresses.c.customer_id.in_(wanted[start : start + _PART])
        for row in conn.execute(select(customer_addresses).where(part).order_by(*order)):
            found[row.customer_id].append((row.channel, row.address))
    return {one: tuple(rows) for one, rows in found.items()}
