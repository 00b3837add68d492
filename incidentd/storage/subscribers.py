"""Subscriptions by mail, and which updates were sent to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from incidentd.domain.subscribers import Asked
from incidentd.storage import deliveries
from incidentd.storage.schema import deliveries as sent
from incidentd.storage.schema import incident_updates
from incidentd.storage.schema_status import published_updates, subscribers
from incidentd.storage.tx import Tx


class SubscriberRow(msgspec.Struct, frozen=True, kw_only=True):
    """One subscription; it is nobody's as long as it is not confirmed."""

    id: int
    channel: str
    address: str
    mailbox: str
    nonce: str
    asked_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None
    letters: int
    last_letter_at: datetime

    @property
    def subject(self) -> str:
        """What its timers, events and deliveries carry."""
        return f"subscriber:{self.id}"


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many there are of a channel."""

    channel: str
    confirmed: int
    waiting: int


def _row(found: Row[Any] | None) -> SubscriberRow | None:
    return None if found is None else SubscriberRow(**found._asdict())


def get(conn: Connection, subscriber_id: int, *, lock: bool = False) -> SubscriberRow | None:
    """One subscription, None when there is none (any more)."""
    query = select(subscribers).where(subscribers.c.id == subscriber_id)
    return _row(conn.execute(query.with_for_update() if lock else query).one_or_none())


def find(tx: Tx, channel: str, address: str) -> SubscriberRow | None:
    """The subscription of an address, locked."""
    mine = (subscribers.c.channel == channel) & (subscribers.c.address == address)
    return _row(tx.conn.execute(select(subscribers).where(mine).with_for_update()).one_or_none())


def of_address(conn: Connection, address: str) -> list[SubscriberRow]:
    """Those of an address whatever its case, of every channel."""
    mine = func.lower(subscribers.c.address) == address.lower()
    return [SubscriberRow(**one._asdict()) for one in conn.execute(select(subscribers).where(mine))]


def asked(conn: Connection, channel: str, mailbox: str) -> Asked:
    """How often a mailbox was asked to confirm."""
    mine = (subscribers.c.channel == channel) & (subscribers.c.mailbox == mailbox)
    query = select(func.coalesce(func.sum(subscribers.c.letters), 0), func.max(subscribers.c.last_letter_at))
    letters, last_at = conn.execute(query.where(mine, subscribers.c.confirmed_at.is_(None))).one()
    return Asked(letters=int(letters), last_at=last_at)


def asked_since(conn: Connection, channel: str, since: datetime) -> int:
    """How many mailboxes of a channel were asked to confirm since a time."""
    query = select(func.count()).where(subscribers.c.channel == channel, subscribers.c.last_letter_at > since)
    return conn.execute(query).scalar_one()


def total(conn: Connection, channel: str) -> int:
    """All of a channel, confirmed or not."""
    return conn.execute(select(func.count()).where(subscribers.c.channel == channel)).scalar_one()


def counts(conn: Connection) -> list[Counts]:
    """How many there are, by channel."""
    query = select(subscribers.c.channel, func.count(), func.count(subscribers.c.confirmed_at))
    found = conn.execute(query.group_by(subscribers.c.channel).order_by(subscribers.c.channel))
    return [Counts(channel=channel, confirmed=known, waiting=every - known) for channel, every, known in found]


def listed(conn: Connection, channel: str = "") -> list[SubscriberRow]:
    """All of a channel, or of all, by channel and address."""
    query = select(subscribers).order_by(subscribers.c.channel, subscribers.c.address)
    query = query.where(subscribers.c.channel == channel) if channel else query
    return [SubscriberRow(**one._asdict()) for one in conn.execute(query)]


def confirmed(conn: Connection, channel: str, before: datetime) -> list[SubscriberRow]:
    """Who had subscribed before a time."""
    mine = (subscribers.c.channel == channel) & (subscribers.c.confirmed_at <= before)
    return [SubscriberRow(**one._asdict()) for one in conn.execute(select(subscribers).where(mine))]


def add(tx: Tx, **values: Any) -> SubscriberRow:
    """A new one, that was written to once."""
    fixed = {"asked_at": tx.now, "last_letter_at": tx.now, "letters": 1, "confirmed_at": None}
    return SubscriberRow(
        **tx.conn.execute(insert(subscribers).values(**fixed, **values).returning(subscribers)).one()._asdict()
    )


def change(tx: Tx, row: SubscriberRow, **values: Any) -> SubscriberRow:
    """Store new values."""
    statement = update(subscribers).where(subscribers.c.id == row.id).values(**values).returning(subscribers)
    return SubscriberRow(**tx.conn.execute(statement).one()._asdict())


def forget(tx: Tx, row: SubscriberRow) -> None:
    """Delete a subscription, take back what waits to be sent to it, and blank its address in what was sent."""
    mine = deliveries.IS_ABOUT & (sent.c.about == row.subject)
    tx.conn.execute(update(sent).where(mine, sent.c.state == "pending").values(state="cancelled"))
    tx.conn.execute(update(sent).where(mine, sent.c.state.not_in(deliveries.WAITING)).values(address=""))
    tx.conn.execute(delete(subscribers).where(subscribers.c.id == row.id))


# ------------------------------------------------------------------ what was published
def update_of(conn: Connection, update_id: int) -> tuple[int, datetime] | None:
    """The incident of an update, and when it was posted."""
    query = select(incident_updates.c.incident_id, incident_updates.c.at).where(incident_updates.c.id == update_id)
    found = conn.execute(query).one_or_none()
    return None if found is None else (found.incident_id, found.at)


def mark_published(tx: Tx, channel: str, update_id: int) -> bool:
    """Remember that a channel sends an update; False when it did before."""
    mine = (published_updates.c.channel == channel) & (published_updates.c.update_id == update_id)
    if tx.conn.execute(select(published_updates.c.at).where(mine)).one_or_none() is not None:
        return False
    tx.conn.execute(insert(published_updates).values(channel=channel, update_id=update_id, at=tx.now))
    return True
