"""Claiming messages: which are due, who has them, and how an attempt ended.

A worker claims a row with a lease and a new attempt number, sends, and stores the outcome only while the attempt is
still its own (a fencing token). A node that dies in between leaves the row to others once the lease ran out; they send
it again with the same idempotency key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from incidentd.storage.columns import Instant
from incidentd.storage.deliveries import IS_WAITING, DeliveryRow, row
from incidentd.storage.schema import deliveries
from incidentd.storage.tx import Tx

# Built once: to build a statement costs several times what it costs to run it, and these run for every message.
_NOW = bindparam("now", type_=Instant())
_FREE = or_(deliveries.c.state == "pending", (deliveries.c.state == "sending") & (deliveries.c.lease_until <= _NOW))
_IS_DUE = and_(IS_WAITING, deliveries.c.due_at <= _NOW, _FREE)
"""Messages to be sent now, those whose sender's lease ran out included."""
_DUE_NOTIFIERS = (
    select(deliveries.c.notifier)
    .where(_IS_DUE)
    .group_by(deliveries.c.notifier)
    .order_by(func.min(deliveries.c.due_at), func.min(deliveries.c.id))
)
_URGENT_FIRST = case((deliveries.c.urgency == "high", 0), else_=1)
_DUE = (
    select(deliveries)
    .where(_IS_DUE)
    .order_by(_URGENT_FIRST, deliveries.c.due_at, deliveries.c.id)
    .with_for_update(skip_locked=True)
)
_DUE_OF_NOTIFIER = _DUE.where(deliveries.c.notifier == bindparam("notifier")).limit(bindparam("most"))
_DUE_AT_CONTACT = _DUE.where(
    deliveries.c.person == bindparam("person"),
    deliveries.c.notifier == bindparam("notifier"),
    deliveries.c.address == bindparam("address"),
)
_TAKE = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("some", expanding=True)))
    .values(
        state="sending",
        attempt=deliveries.c.attempt + 1,
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until"),
        error="",
        tried_at=func.coalesce(deliveries.c.tried_at, _NOW),
    )
    .returning(deliveries)
)
_SETTLE = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("of_delivery"),
        deliveries.c.attempt == bindparam("of_attempt"),
        deliveries.c.state == "sending",
    )
    .values(lease_until=None)
)
_NEXT_PENDING = select(func.min(deliveries.c.due_at)).where(IS_WAITING, deliveries.c.state == "pending")
_NEXT_LEASE = select(func.min(deliveries.c.lease_until)).where(IS_WAITING, deliveries.c.state == "sending")


def due_notifiers(conn: Connection, now: datetime) -> list[str]:
    """The notifiers that have messages to send now, the longest overdue first."""
    return list(conn.execute(_DUE_NOTIFIERS, {"now": now}).scalars())


def due_of_notifier(tx: Tx, notifier: str, limit: int) -> list[DeliveryRow]:
    """Up to `limit` due messages of one notifier, locked: urgent ones first, then the longest overdue."""
    found = tx.conn.execute(_DUE_OF_NOTIFIER, {"now": tx.now, "notifier": notifier, "most": limit})
    return [row(one) for one in found]


def due_at_contact(tx: Tx, person: str, notifier: str, address: str) -> list[DeliveryRow]:
    """Every due message of one contact method, locked: urgent ones first, then the longest overdue."""
    whose = {"person": person, "notifier": notifier, "address": address}
    return [row(one) for one in tx.conn.execute(_DUE_AT_CONTACT, {"now": tx.now, **whose})]


def being_sent(tx: Tx, about: Sequence[str]) -> set[str]:
    """Of some subjects those that a message is just being sent about."""
    on_its_way = IS_WAITING & (deliveries.c.state == "sending") & (deliveries.c.lease_until > tx.now)
    query = select(deliveries.c.about).where(on_its_way, deliveries.c.about.in_(about))
    return set(tx.conn.execute(query).scalars())


def take(tx: Tx, owner: str, lease: timedelta, ids: Sequence[int]) -> list[DeliveryRow]:
    """Claim locked messages: each gets a lease and a new attempt number."""
    if not ids:
        return []
    found = tx.conn.execute(_TAKE, {"some": ids, "owner": owner, "until": tx.now + lease, "now": tx.now})
    return sorted(map(row, found), key=lambda one: (one.due_at, one.id))


def claim(tx: Tx, owner: str, lease: timedelta, limit: int) -> list[DeliveryRow]:
    """Take up to `limit` due messages of any notifier, whatever the limits of their contact methods say."""
    found = tx.conn.execute(_DUE.limit(bindparam("most")), {"now": tx.now, "most": limit})
    return take(tx, owner, lease, [one.id for one in found])


def settle(tx: Tx, claimed: DeliveryRow, **values: Any) -> bool:
    """Store the outcome of a claimed attempt; False when it was taken over or cancelled meanwhile."""
    mine = {"of_delivery": claimed.id, "of_attempt": claimed.attempt}
    return tx.conn.execute(_SETTLE, mine | values).rowcount > 0


def next_due(conn: Connection) -> datetime | None:
    """When the next message is due, or a lease runs out."""
    times = [conn.execute(query).scalar_one() for query in (_NEXT_PENDING, _NEXT_LEASE)]
    return min((at for at in times if at is not None), default=None)
