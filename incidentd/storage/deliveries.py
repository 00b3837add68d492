"""Durable deliveries: every outbound message is a row before it is sent. `storage.claims` has what workers take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, bindparam, case, func, insert, or_, select, text, update

from incidentd.storage.schema import deliveries, pages
from incidentd.storage.tx import Tx, Wake

WAITING = ("pending", "sending")
IS_WAITING = text("deliveries.state IN ('pending', 'sending')")
"""The same as a condition, word for word that of the index: only so SQLite looks at what waits, and not at everything
that was ever sent."""
IS_ABOUT = text("deliveries.about <> ''")
"""The same, of the index by what messages are about."""
HAS_VENDOR_ID = text("deliveries.vendor_id <> ''")
"""The same, of the index by the ids of vendors."""
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
    calendar: str = ""  # an iCalendar document that goes along where files can


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
    def to_customer(self) -> bool:
        """Whether it goes by a support channel: nobody in the roster gets it, so no rule for people holds."""
        return not self.person and self.about.startswith("report:")

    @property
    def to_chat(self) -> bool:
        """Whether it tells the chat of responders something, by a channel."""
        return self.about.startswith("chat:")

    @property
    def to_forge(self) -> bool:
        """Whether it opens an issue of a code forge, by a channel."""
        return self.about.startswith("issue:")

    @property
    def is_order(self) -> bool:
        """Whether a channel does something with it that reaches nobody: whoever ordered it tells what came of it."""
        return self.to_chat or self.to_forge

    @property
    def to_subscriber(self) -> bool:
        """Whether it is a letter to somebody who subscribes: nobody in the roster either."""
        return not self.person and self.about.startswith("subscriber:")

    @property
    def to_outside(self) -> bool:
        """Whether nobody in the roster gets it."""
        return self.to_customer or self.is_order or self.to_subscriber

    @property
    def may_have_arrived(self) -> bool:
        """Whether an attempt before this one may have got through: then it is sent again as it is, under its key."""
        return self.attempt > 0 and (self.state == "sending" or self.error.startswith(UNCLEAR))

    @property
    def failed_temporarily(self) -> bool:
        """Whether an attempt failed and the next is due; one that may have arrived did not fail."""
        return self.state == "pending" and bool(self.error) and not self.may_have_arrived


# Built once: to build a statement costs several times what it costs to run it, and these run for every page.
_ADD = insert(deliveries).returning(deliveries)
_OF_PAGE = deliveries.c.page_id == bindparam("of_page")
_ENDED = case((deliveries.c.error.startswith(UNCLEAR, autoescape=True), "unknown"), else_="cancelled")
_END = update(deliveries).values(state=_ENDED)
_CANCEL = _END.where(_OF_PAGE, deliveries.c.state == "pending").returning(deliveries)
_bundles = deliveries.alias()
_UNSENT = select(_bundles.c.id).where(_bundles.c.state == "pending", _bundles.c.kind == "bundle")
_TAKE_OUT = _END.where(_OF_PAGE, deliveries.c.state == "bundled", deliveries.c.bundle_id.in_(_UNSENT)).returning(
    deliveries
)
_REST = select(_bundles.c.id).where(_bundles.c.bundle_id == bindparam("of_bundle"), _bundles.c.state == "bundled")
_CANCEL_EMPTY = _END.where(deliveries.c.id == bindparam("of_bundle"), ~_REST.exists())
_OF_PAGES = (
    select(deliveries).where(deliveries.c.page_id.in_(bindparam("some", expanding=True))).order_by(deliveries.c.id)
)


def urgent_arrivals(conn: Connection, page_ids: Sequence[int]) -> list[tuple[str, datetime]]:
    """Whom urgent messages of these pages reached, and when, oldest first."""
    query = select(deliveries.c.person, deliveries.c.sent_at).where(
        deliveries.c.page_id.in_(page_ids),
        deliveries.c.kind == "page",
        deliveries.c.urgency == "high",
        deliveries.c.state.in_(SENT),
        deliveries.c.sent_at.is_not(None),
    )
    return [(row.person, row.sent_at) for row in conn.execute(query.order_by(deliveries.c.sent_at))]


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
    return row(tx.conn.execute(_ADD, _values(tx, new)).one())


def waiting_by_key(tx: Tx, idempotency_key: str) -> DeliveryRow | None:
    """The message with this key, locked, while it was never tried."""
    one = (deliveries.c.idempotency_key == idempotency_key) & (deliveries.c.state == "pending")
    found = tx.conn.execute(select(deliveries).where(one, deliveries.c.attempt == 0).with_for_update()).one_or_none()
    return None if found is None else row(found)


def reword(tx: Tx, waiting: DeliveryRow, message: Message) -> None:
    """Another text for a message that was never tried."""
    values = {"message": msgspec.structs.asdict(message)}
    tx.conn.execute(update(deliveries).where(deliveries.c.id == waiting.id).values(values))


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
    by_vendor = (deliveries.c.vendor_id == vendor_id) & HAS_VENDOR_ID
    named = deliveries.c.idempotency_key == idempotency_key if idempotency_key else by_vendor
    if not (idempotency_key or vendor_id):
        return None
    query = select(deliveries).where(named, deliveries.c.notifier == notifier).order_by(deliveries.c.id.desc()).limit(1)
    found = tx.conn.execute(query.with_for_update()).one_or_none()
    return None if found is None else row(found)


def first_id_at_vendor(conn: Connection, about: str, notifier: str) -> str:
    """The vendor's id of the first message about something that a notifier or channel sent; "" for none."""
    query = (
        select(deliveries.c.vendor_id)
        .where(IS_ABOUT, _about(about, notifier), deliveries.c.state.in_(SENT), deliveries.c.vendor_id != "")
        .order_by(deliveries.c.id)
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none() or ""


def announced(conn: Connection, about: str, notifier: str) -> bool:
    """Whether a message about something went out, or still may."""
    states = deliveries.c.state.in_((*WAITING, *WRITTEN_TO))
    return (
        conn.execute(select(deliveries.c.id).where(IS_ABOUT, _about(about, notifier), states).limit(1)).first()
        is not None
    )


def attempts_about(conn: Connection, about: str) -> int:
    """How often everything about something was tried, the attempt that is made now included."""
    query = select(func.coalesce(func.sum(deliveries.c.attempt), 0)).where(IS_ABOUT, deliveries.c.about == about)
    return int(conn.execute(query).scalar_one())


def waits_untried(conn: Connection, about: str, notifier: str) -> bool:
    """Whether a message about something waits whose text is not made yet."""
    untried = (deliveries.c.state == "pending") & (deliveries.c.attempt == 0)
    return (
        conn.execute(select(deliveries.c.id).where(IS_ABOUT, _about(about, notifier), untried).limit(1)).first()
        is not None
    )


def _about(about: str, notifier: str) -> ColumnElement[bool]:
    return (deliveries.c.about == about) & (deliveries.c.notifier == notifier)


def of_pages(conn: Connection, page_ids: Sequence[int]) -> list[DeliveryRow]:
    """All deliveries of some pages, oldest first."""
    return [row(one) for one in conn.execute(_OF_PAGES, {"some": page_ids})]


def people_by_page(conn: Connection, page_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Who was written to, by page."""
    return _people(conn, page_ids, deliveries.c.state.in_(WRITTEN_TO))


def asked(conn: Connection, page_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Who was asked to act, or is about to be, by page."""
    asking = deliveries.c.kind == "page"
    return _people(conn, page_ids, asking & deliveries.c.state.in_((*WAITING, *WRITTEN_TO)))


def _people(conn: Connection, page_ids: Sequence[int], which: ColumnElement[bool]) -> dict[int, tuple[str, ...]]:
    found: dict[int, dict[str, None]] = {}
    query = select(deliveries.c.page_id, deliveries.c.person).where(deliveries.c.page_id.in_(page_ids), which)
    for page_id, person in conn.execute(query.order_by(deliveries.c.id)):
        found.setdefault(page_id, {})[person] = None
    return {page: tuple(people) for page, people in found.items()}


def cancel_waiting(tx: Tx, page_id: int, person: str = "") -> list[DeliveryRow]:
    """Take back what has not been sent, to one person or to all; a message that is being sent goes out. Returns it.

    One that waits to be sent again after an unclear attempt may have arrived: its state becomes `unknown`. Of a bundle
    that waits to be sent again this page's messages are taken back, and all of it when nothing else is in it.
    """
    to = deliveries.c.person == person
    cancel, take_out = (_CANCEL.where(to), _TAKE_OUT.where(to)) if person else (_CANCEL, _TAKE_OUT)
    taken_back = [row(one) for one in tx.conn.execute(cancel, {"of_page": page_id})]
    taken_out = [row(one) for one in tx.conn.execute(take_out, {"of_page": page_id})]
    for bundle_id in {one.bundle_id for one in taken_out}:
        tx.conn.execute(_CANCEL_EMPTY, {"of_bundle": bundle_id})
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
            deliveries.c.kind.in_(("page", "copy")),
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
    """Whether any message of this step went out or still may.

    A copy, to a channel or to who learns, reaches nobody: it counts where the step has nothing else.
    """
    query = select(deliveries.c.kind, deliveries.c.state).where(
        deliveries.c.page_id == page_id, deliveries.c.step == step, deliveries.c.round == round_
    )
    states = [(kind == "page", state) for kind, state in conn.execute(query)]
    asking = any(asks for asks, _ in states)
    return any(state in (*WAITING, "bundled", *SENT) for asks, state in states if asks or not asking)


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


def waiting_of_notifiers(conn: Connection) -> dict[str, int]:
    """How many messages wait at each notifier, those of drills too: they wait as long."""
    query = select(deliveries.c.notifier, func.count()).where(IS_WAITING).group_by(deliveries.c.notifier)
    return {found[0]: found[1] for found in conn.execute(query)}


def counts(conn: Connection, failed_since: datetime) -> tuple[int, int]:
    """(waiting, failed for good since a time), those of drills left out."""
    of_drills = select(pages.c.id).where(pages.c.drill_id.is_not(None))
    real = deliveries.c.drill_id.is_(None) & or_(deliveries.c.page_id.is_(None), deliveries.c.page_id.not_in(of_drills))
    number = select(func.count()).select_from(deliveries).where(real)
    failed = number.where(
        deliveries.c.state == "failed", deliveries.c.kind != "bundle", deliveries.c.created_at >= failed_since
    )
    return conn.execute(number.where(IS_WAITING)).scalar_one(), conn.execute(failed).scalar_one()
