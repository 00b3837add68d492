"""Durable deliveries: every outbound message is a row before it is sent.

A worker claims a row with a lease and a new attempt number, sends, and stores the outcome only while the attempt is
still its own (a fencing token). A node that dies in between leaves the row to others once the lease ran out; they send
it again with the same idempotency key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, insert, or_, select, update

from incidentd.storage.schema import deliveries
from incidentd.storage.tx import Tx, Wake

WAITING = ("pending", "sending")
SENT = ("sent", "delivered")
WRITTEN_TO = (*SENT, "sending", "unknown")
"""States of a message that arrived, or may have."""
UNCLEAR = "unclear whether it arrived"
"""How the error of an attempt begins that the notifier may have carried out all the same."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """The exact text that goes out."""

    title: str
    body: str
    reason: str
    urgency: str
    labels: Mapping[str, str] = {}


class DeliveryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery as stored."""

    id: int
    page_id: int | None
    person: str
    notifier: str
    address: str
    kind: str
    step: int
    round: int
    message: Message
    idempotency_key: str
    state: str
    attempt: int
    due_at: datetime
    created_at: datetime
    sent_at: datetime | None
    vendor_id: str
    error: str


def _delivery(row: Row[Any]) -> DeliveryRow:
    values = {name: getattr(row, name) for name in DeliveryRow.__struct_fields__}
    return DeliveryRow(**values | {"message": Message(**row.message)})


class NewDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be sent at `due_at`."""

    page_id: int | None
    person: str
    notifier: str
    address: str
    kind: str
    message: Message
    idempotency_key: str
    due_at: datetime
    step: int = 0
    round: int = 0


def enqueue(tx: Tx, new: Sequence[NewDelivery]) -> None:
    """Put messages into the outbox."""
    if not new:
        return
    fixed = {"state": "pending", "attempt": 0, "lease_owner": "", "created_at": tx.now, "vendor_id": "", "error": ""}
    tx.conn.execute(insert(deliveries), [msgspec.structs.asdict(one) | fixed for one in new])
    tx.wake(Wake.DELIVERIES)


def _due(now: datetime) -> ColumnElement[bool]:
    """Messages to be sent now, those whose sender's lease ran out included."""
    free = or_(deliveries.c.state == "pending", (deliveries.c.state == "sending") & (deliveries.c.lease_until <= now))
    return and_(deliveries.c.state.in_(WAITING), deliveries.c.due_at <= now, free)


def due_notifiers(conn: Connection, now: datetime) -> list[str]:
    """The notifiers that have messages to send now."""
    return list(conn.execute(select(deliveries.c.notifier).where(_due(now)).distinct()).scalars())


def claim(tx: Tx, owner: str, lease: timedelta, limit: int, notifier: str | None = None) -> list[DeliveryRow]:
    """Take up to `limit` due messages, of one notifier if named; the longest overdue first."""
    one = [] if notifier is None else [deliveries.c.notifier == notifier]
    due = (
        select(deliveries.c.id)
        .where(_due(tx.now), *one)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(due.scalar_subquery()))
        .values(state="sending", attempt=deliveries.c.attempt + 1, lease_owner=owner, lease_until=tx.now + lease)
        .returning(deliveries)
    )
    return sorted((_delivery(row) for row in tx.conn.execute(statement)), key=lambda one: (one.due_at, one.id))


def settle(tx: Tx, claimed: DeliveryRow, **values: Any) -> bool:
    """Store the outcome of a claimed attempt; False when it was taken over or cancelled meanwhile."""
    mine = (deliveries.c.id == claimed.id) & (deliveries.c.attempt == claimed.attempt)
    statement = update(deliveries).where(mine, deliveries.c.state == "sending").values(lease_until=None, **values)
    return tx.conn.execute(statement).rowcount > 0


def by_key(conn: Connection, idempotency_key: str) -> DeliveryRow | None:
    """The delivery with this idempotency key."""
    row = conn.execute(select(deliveries).where(deliveries.c.idempotency_key == idempotency_key)).one_or_none()
    return None if row is None else _delivery(row)


def of_pages(conn: Connection, page_ids: Sequence[int]) -> list[DeliveryRow]:
    """All deliveries of some pages, oldest first."""
    query = select(deliveries).where(deliveries.c.page_id.in_(page_ids)).order_by(deliveries.c.id)
    return [_delivery(row) for row in conn.execute(query)]


def people_by_page(conn: Connection, page_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Who was written to, by page."""
    found: dict[int, dict[str, None]] = {}
    query = select(deliveries.c.page_id, deliveries.c.person).where(
        deliveries.c.page_id.in_(page_ids), deliveries.c.state.in_(WRITTEN_TO)
    )
    for page_id, person in conn.execute(query.order_by(deliveries.c.id)):
        found.setdefault(page_id, {})[person] = None
    return {page: tuple(people) for page, people in found.items()}


def cancel_waiting(tx: Tx, page_id: int) -> list[int]:
    """Take back what has not been sent, and say which; a message that is being sent goes out.

    One that waits to be sent again after an unclear attempt may have arrived: its state becomes `unknown`.
    """
    statement = update(deliveries).where(deliveries.c.page_id == page_id, deliveries.c.state == "pending")
    ended = case((deliveries.c.error.startswith(UNCLEAR, autoescape=True), "unknown"), else_="cancelled")
    return sorted(tx.conn.execute(statement.values(state=ended).returning(deliveries.c.id)).scalars())


def wait_again(tx: Tx, ids: Sequence[int]) -> None:
    """Send after all what `cancel_waiting` took back."""
    taken_back = deliveries.c.id.in_(ids) & deliveries.c.state.in_(("cancelled", "unknown"))
    if ids and tx.conn.execute(update(deliveries).where(taken_back).values(state="pending")).rowcount:
        tx.wake(Wake.DELIVERIES)


def hasten(tx: Tx, page_id: int, person: str) -> bool:
    """Send a person's next waiting contact method now; False when there is none."""
    following = (
        select(deliveries.c.id)
        .where(
            deliveries.c.page_id == page_id,
            deliveries.c.person == person,
            deliveries.c.kind == "page",
            deliveries.c.state == "pending",
        )
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(1)
    )
    moved = tx.conn.execute(
        update(deliveries).where(deliveries.c.id.in_(following.scalar_subquery())).values(due_at=tx.now)
    )
    tx.wake(Wake.DELIVERIES)
    return moved.rowcount > 0


def step_can_reach(conn: Connection, page_id: int, step: int, round_: int) -> bool:
    """Whether any message of this step went out or still may."""
    query = select(deliveries.c.id).where(
        deliveries.c.page_id == page_id,
        deliveries.c.step == step,
        deliveries.c.round == round_,
        deliveries.c.state.in_((*WAITING, *SENT)),
    )
    return conn.execute(query.limit(1)).first() is not None


def next_due(conn: Connection) -> datetime | None:
    """When the next message is due, or a lease runs out."""
    pending = select(func.min(deliveries.c.due_at)).where(deliveries.c.state == "pending")
    leased = select(func.min(deliveries.c.lease_until)).where(deliveries.c.state == "sending")
    times = [conn.execute(query).scalar_one() for query in (pending, leased)]
    return min((at for at in times if at is not None), default=None)


def counts(conn: Connection, failed_since: datetime) -> tuple[int, int]:
    """(waiting, failed for good since a time)."""
    waiting = select(func.count()).select_from(deliveries).where(deliveries.c.state.in_(WAITING))
    failed = (
        select(func.count())
        .select_from(deliveries)
        .where(deliveries.c.state == "failed", deliveries.c.created_at >= failed_since)
    )
    return conn.execute(waiting).scalar_one(), conn.execute(failed).scalar_one()
