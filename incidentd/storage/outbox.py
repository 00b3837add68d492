"""What is due at a contact method, what waits there, and what goes out as one message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, literal, or_, select, update

from incidentd.storage import deliveries
from incidentd.storage.columns import Instant
from incidentd.storage.deliveries import DeliveryRow, NewDelivery
from incidentd.storage.schema import deliveries as table
from incidentd.storage.tx import Tx, Wake

ContactKey = tuple[str, str, str]
"""Person, notifier instance and address: what the limits hold for."""
_STUCK = 100


def contact_of(row: DeliveryRow) -> ContactKey:
    """The contact method that a message goes to."""
    return row.person, row.notifier, row.address


def _at(contact: ContactKey) -> ColumnElement[bool]:
    person, notifier, address = contact
    return (table.c.person == person) & (table.c.notifier == notifier) & (table.c.address == address)


def hold(tx: Tx, row: DeliveryRow, until: datetime, why: str) -> None:
    """Let a message wait."""
    tx.conn.execute(update(table).where(table.c.id == row.id).values(due_at=until, held=why))


def drop(tx: Tx, row: DeliveryRow, why: str) -> None:
    """Never send a message."""
    tx.conn.execute(update(table).where(table.c.id == row.id).values(state="cancelled", error=why))


def _release(tx: Tx, *whose: ColumnElement[bool]) -> None:
    held = (table.c.state == "pending") & (table.c.held != "") & (table.c.attempt == 0) & (table.c.due_at > tx.now)
    tx.conn.execute(update(table).where(deliveries.IS_WAITING, held, *whose).values(due_at=tx.now))
    tx.wake(Wake.DELIVERIES)


def release(tx: Tx) -> None:
    """Let everything that is held be judged again: the rules have changed."""
    _release(tx)


def release_contact(tx: Tx, contact: ContactKey) -> None:
    """Let what is held at one contact method be judged again: what it waited behind did not arrive."""
    _release(tx, _at(contact))


def release_notifier(tx: Tx, notifier: str) -> None:
    """Let what failed by a notifier be tried at once: it is well again."""
    failed = (table.c.state == "pending") & (table.c.error != "") & (table.c.due_at > tx.now)
    tx.conn.execute(
        update(table).where(deliveries.IS_WAITING, failed, table.c.notifier == notifier).values(due_at=tx.now)
    )
    tx.wake(Wake.DELIVERIES)


def bundle(tx: Tx, new: NewDelivery, parts: Sequence[DeliveryRow]) -> DeliveryRow:
    """One message in the place of several due ones, which are no longer sent themselves.

    It counts as tried since the first of them was: what goes from one bundle to the next must not look new each time.
    """
    carrier = deliveries.add(tx, new)
    mine = table.c.id.in_([one.id for one in parts])
    carried = {"state": "bundled", "bundle_id": carrier.id, "attempt": table.c.attempt + 1, "error": ""}
    tried = func.coalesce(table.c.tried_at, literal(tx.now, Instant()))
    tx.conn.execute(update(table).where(mine).values(tried_at=tried, **carried))
    first = tx.conn.execute(select(func.min(table.c.tried_at)).where(mine)).scalar_one()
    tx.conn.execute(update(table).where(table.c.id == carrier.id).values(tried_at=first))
    return carrier


def carried_by(conn: Connection, bundle_id: int) -> list[DeliveryRow]:
    """The messages that a bundle was made of."""
    query = select(table).where(table.c.bundle_id == bundle_id).order_by(table.c.id)
    return [deliveries.row(found) for found in conn.execute(query)]


def parts_of(conn: Connection, bundle_id: int) -> list[DeliveryRow]:
    """The messages that a bundle carries whose fate is not settled, without those that were taken back."""
    return [one for one in carried_by(conn, bundle_id) if one.state == "bundled"]


def settle_part(tx: Tx, part: DeliveryRow, **values: object) -> None:
    """Store how a bundled message ended."""
    tx.conn.execute(update(table).where(table.c.id == part.id).values(**values))


def stuck(conn: Connection, before: datetime) -> list[DeliveryRow]:
    """Pages that were due, or tried for the first time, before a time and are not out; each is named once.

    A notifier that hangs takes no more messages, so one of them may never have been tried.
    """
    late = or_(table.c.tried_at <= before, table.c.tried_at.is_(None) & (table.c.due_at <= before))
    asking = table.c.kind.in_(("page", "bundle"))
    query = (
        select(table).where(deliveries.IS_WAITING, asking, ~table.c.fell_back, late).order_by(table.c.id).limit(_STUCK)
    )
    return [deliveries.row(found) for found in conn.execute(query)]


def mark_fallen_back(tx: Tx, row: DeliveryRow) -> bool:
    """Remember that the next method was used; False when it was known, or the message is out meanwhile."""
    open_still = (table.c.id == row.id) & ~table.c.fell_back & table.c.state.in_((*deliveries.WAITING, "bundled"))
    return tx.conn.execute(update(table).where(open_still).values(fell_back=True)).rowcount > 0
