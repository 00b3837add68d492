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
from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, insert, literal, or_, select, update

from incidentd.storage.columns import Instant
from incidentd.storage.schema import deliveries, pages
from incidentd.storage.tx import Tx, Wake

WAITING = ("pending", "sending")
SENT = ("sent", "delivered")
WRITTEN_TO = (*SENT, "sending", "bundled", "unknown")
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
    urgency: str
    can_wait: bool
    held: str
    bundle_id: int | None
    tried_at: datetime | None
    fell_back: bool
    delivered_at: datetime | None
    read_at: datetime | None
    drill_id: int | None
    about: str

    @property
    def urgent(self) -> bool:
        """Whether it may pass what is not."""
        return self.urgency == "high"

    @property
    def may_have_arrived(self) -> bool:
        """Whether an attempt before this one may have got through: then it is sent again as it is, under its key."""
        return self.attempt > 0 and (self.state == "sending" or self.error.startswith(UNCLEAR))

    @property
    def failed_temporarily(self) -> bool:
        """Whether an attempt failed and the next is due; one that may have arrived did not fail."""
        return self.state == "pending" and bool(self.error) and not self.may_have_arrived


def row(found: Row[Any]) -> DeliveryRow:
    """A stored delivery."""
    values = {name: getattr(found, name) for name in DeliveryRow.__struct_fields__}
    return DeliveryRow(**values | {"message": Message(**found.message)})


class NewDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be sent at `due_at`; one that `can_wait` waits for the person's hours.

    `drill_id` is that of a message about a drill which is about no page; of a page, the page says it.
    `about` names what it is about when that is no page, such as handover:3: a signed link answers it.
    """

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
    can_wait: bool = False
    drill_id: int | None = None
    about: str = ""


def _values(tx: Tx, new: NewDelivery) -> dict[str, Any]:
    fixed = {
        "state": "pending", "attempt": 0, "lease_owner": "", "created_at": tx.now, "vendor_id": "", "error": "",
        "urgency": new.message.urgency, "held": "", "fell_back": False,
    }  # fmt: skip
    return msgspec.structs.asdict(new) | fixed


def enqueue(tx: Tx, new: Sequence[NewDelivery]) -> None:
    """Put messages into the outbox."""
    if not new:
        return
    tx.conn.execute(insert(deliveries), [_values(tx, one) for one in new])
    tx.wake(Wake.DELIVERIES)


def add(tx: Tx, new: NewDelivery) -> DeliveryRow:
    """Put one message into the outbox, and say which it is."""
    tx.wake(Wake.DELIVERIES)
    return row(tx.conn.execute(insert(deliveries).values(**_values(tx, new)).returning(deliveries)).one())


def waiting_by_key(tx: Tx, idempotency_key: str) -> DeliveryRow | None:
    """The message with this key, locked, while it was never tried."""
    one = (deliveries.c.idempotency_key == idempotency_key) & (deliveries.c.state == "pending")
    found = tx.conn.execute(select(deliveries).where(one, deliveries.c.attempt == 0).with_for_update()).one_or_none()
    return None if found is None else row(found)


def reword(tx: Tx, waiting: DeliveryRow, message: Message) -> None:
    """Another text for a message that was never tried."""
    values = {"message": msgspec.structs.asdict(message)}
    tx.conn.execute(update(deliveries).where(deliveries.c.id == waiting.id).values(values))


def _due(now: datetime) -> ColumnElement[bool]:
    """Messages to be sent now, those whose sender's lease ran out included."""
    free = or_(deliveries.c.state == "pending", (deliveries.c.state == "sending") & (deliveries.c.lease_until <= now))
    return and_(deliveries.c.state.in_(WAITING), deliveries.c.due_at <= now, free)


def due_notifiers(conn: Connection, now: datetime) -> list[str]:
    """The notifiers that have messages to send now, the longest overdue first."""
    query = select(deliveries.c.notifier).where(_due(now)).group_by(deliveries.c.notifier)
    return list(conn.execute(query.order_by(func.min(deliveries.c.due_at), func.min(deliveries.c.id))).scalars())


_URGENT_FIRST = case((deliveries.c.urgency == "high", 0), else_=1)


def due(tx: Tx, limit: int | None, *whose: ColumnElement[bool]) -> list[DeliveryRow]:
    """Up to `limit` due messages, locked: urgent ones first, then the longest overdue."""
    query = select(deliveries).where(_due(tx.now), *whose)
    query = query.order_by(_URGENT_FIRST, deliveries.c.due_at, deliveries.c.id).limit(limit)
    return [row(one) for one in tx.conn.execute(query.with_for_update(skip_locked=True))]


def take(tx: Tx, owner: str, lease: timedelta, ids: Sequence[int]) -> list[DeliveryRow]:
    """Claim locked messages: each gets a lease and a new attempt number."""
    if not ids:
        return []
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(ids))
        .values(
            state="sending",
            attempt=deliveries.c.attempt + 1,
            lease_owner=owner,
            lease_until=tx.now + lease,
            error="",
            tried_at=func.coalesce(deliveries.c.tried_at, literal(tx.now, Instant)),
        )
        .returning(deliveries)
    )
    return sorted((row(found) for found in tx.conn.execute(statement)), key=lambda one: (one.due_at, one.id))


def claim(tx: Tx, owner: str, lease: timedelta, limit: int) -> list[DeliveryRow]:
    """Take up to `limit` due messages of any notifier, whatever the limits of their contact methods say."""
    return take(tx, owner, lease, [one.id for one in due(tx, limit)])


def settle(tx: Tx, claimed: DeliveryRow, **values: Any) -> bool:
    """Store the outcome of a claimed attempt; False when it was taken over or cancelled meanwhile."""
    mine = (deliveries.c.id == claimed.id) & (deliveries.c.attempt == claimed.attempt)
    statement = update(deliveries).where(mine, deliveries.c.state == "sending").values(lease_until=None, **values)
    return tx.conn.execute(statement).rowcount > 0


def get(conn: Connection, delivery_id: int) -> DeliveryRow | None:
    """One delivery."""
    found = conn.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one_or_none()
    return None if found is None else row(found)


def by_key(conn: Connection, idempotency_key: str) -> DeliveryRow | None:
    """The delivery with this idempotency key."""
    found = conn.execute(select(deliveries).where(deliveries.c.idempotency_key == idempotency_key)).one_or_none()
    return None if found is None else row(found)


def sent_by(tx: Tx, notifier: str, idempotency_key: str, vendor_id: str) -> DeliveryRow | None:
    """A message of one notifier by its key, or by the vendor's id, locked."""
    named = deliveries.c.idempotency_key == idempotency_key if idempotency_key else deliveries.c.vendor_id == vendor_id
    if not (idempotency_key or vendor_id):
        return None
    query = select(deliveries).where(named, deliveries.c.notifier == notifier).order_by(deliveries.c.id.desc()).limit(1)
    found = tx.conn.execute(query.with_for_update()).one_or_none()
    return None if found is None else row(found)


def of_pages(conn: Connection, page_ids: Sequence[int]) -> list[DeliveryRow]:
    """All deliveries of some pages, oldest first."""
    query = select(deliveries).where(deliveries.c.page_id.in_(page_ids)).order_by(deliveries.c.id)
    return [row(one) for one in conn.execute(query)]


def people_by_page(conn: Connection, page_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Who was written to, by page."""
    found: dict[int, dict[str, None]] = {}
    query = select(deliveries.c.page_id, deliveries.c.person).where(
        deliveries.c.page_id.in_(page_ids), deliveries.c.state.in_(WRITTEN_TO)
    )
    for page_id, person in conn.execute(query.order_by(deliveries.c.id)):
        found.setdefault(page_id, {})[person] = None
    return {page: tuple(people) for page, people in found.items()}


_ENDED = case((deliveries.c.error.startswith(UNCLEAR, autoescape=True), "unknown"), else_="cancelled")


def cancel_waiting(tx: Tx, page_id: int) -> list[DeliveryRow]:
    """Take back what has not been sent; a message that is being sent goes out. Returns what was taken back.

    One that waits to be sent again after an unclear attempt may have arrived: its state becomes `unknown`. Of a bundle
    that waits to be sent again this page's messages are taken back, and all of it when nothing else is in it.
    """
    of_page = deliveries.c.page_id == page_id
    waiting = update(deliveries).where(of_page, deliveries.c.state == "pending").values(state=_ENDED)
    taken_back = [row(one) for one in tx.conn.execute(waiting.returning(deliveries))]
    bundles = deliveries.alias()
    unsent = select(bundles.c.id).where(bundles.c.state == "pending", bundles.c.kind == "bundle")
    parts = update(deliveries).where(of_page, deliveries.c.state == "bundled", deliveries.c.bundle_id.in_(unsent))
    taken_out = [row(one) for one in tx.conn.execute(parts.values(state=_ENDED).returning(deliveries))]
    for bundle_id in {one.bundle_id for one in taken_out}:
        rest = select(bundles.c.id).where(bundles.c.bundle_id == bundle_id, bundles.c.state == "bundled")
        empty = update(deliveries).where(deliveries.c.id == bundle_id, ~rest.exists())
        tx.conn.execute(empty.values(state=_ENDED))
    return taken_back + taken_out


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
            deliveries.c.attempt == 0,
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
        deliveries.c.state.in_((*WAITING, "bundled", *SENT)),
    )
    return conn.execute(query.limit(1)).first() is not None


def _any_page_in(conn: Connection, page_id: int, states: Sequence[str]) -> bool:
    mine = (deliveries.c.page_id == page_id) & (deliveries.c.kind == "page")
    return (
        conn.execute(select(deliveries.c.id).where(mine, deliveries.c.state.in_(states)).limit(1)).first() is not None
    )


def reached_anybody(conn: Connection, page_id: int) -> bool:
    """Whether any message that asks somebody to act went out."""
    return _any_page_in(conn, page_id, SENT)


def may_reach_anybody(conn: Connection, page_id: int) -> bool:
    """Whether one went out, or still may."""
    return _any_page_in(conn, page_id, (*WAITING, "bundled", *SENT))


def next_due(conn: Connection) -> datetime | None:
    """When the next message is due, or a lease runs out."""
    pending = select(func.min(deliveries.c.due_at)).where(deliveries.c.state == "pending")
    leased = select(func.min(deliveries.c.lease_until)).where(deliveries.c.state == "sending")
    times = [conn.execute(query).scalar_one() for query in (pending, leased)]
    return min((at for at in times if at is not None), default=None)


def counts(conn: Connection, failed_since: datetime) -> tuple[int, int]:
    """(waiting, failed for good since a time), those of drills left out."""
    of_drills = select(pages.c.id).where(pages.c.drill_id.is_not(None))
    real = deliveries.c.drill_id.is_(None) & or_(deliveries.c.page_id.is_(None), deliveries.c.page_id.not_in(of_drills))
    number = select(func.count()).select_from(deliveries).where(real)
    failed = number.where(
        deliveries.c.state == "failed", deliveries.c.kind != "bundle", deliveries.c.created_at >= failed_since
    )
    return conn.execute(number.where(deliveries.c.state.in_(WAITING))).scalar_one(), conn.execute(failed).scalar_one()
