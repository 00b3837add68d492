"""Subscribing by mail to what a channel publishes: double opt-in, and each update once to everybody.

An address is in its own row and in its deliveries, and nowhere else: no event and no log line has one. Links are made
when a letter goes out, so that they stand in no row.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from incidentd.domain import subscribers as rules
from incidentd.plugin.adapters import Capability, StoreUnavailable
from incidentd.plugin.subscribers import Mailing, MailText
from incidentd.plugin.values import BadRequest
from incidentd.services.errors import NotFound
from incidentd.services.escalation import Handler
from incidentd.services.signing_keys import ADDRESSES, SigningKeys
from incidentd.storage import deliveries, subscribers, timers
from incidentd.storage.deliveries import Message, NewDelivery
from incidentd.storage.store import Store, StoreClosed
from incidentd.storage.subscribers import SubscriberRow
from incidentd.storage.timers import Timer
from incidentd.storage.tx import SYSTEM, Tx
from incidentd.wire import subscribers as wire_subscribers

T = TypeVar("T")
EXPIRE = "subscriber.expire"
CONFIRM, LEAVE = "confirm", "leave"
_HOUR = timedelta(hours=1)


class Subscribers:
    """The subscriptions of every channel. `keys` sign their links; `capabilities` are those of a notifier."""

    def __init__(self, store: Store, keys: SigningKeys, capabilities: Callable[[str], Collection[str]]) -> None:
        self.store = store
        self._keys = keys
        self._capabilities = capabilities

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {EXPIRE: _expire}

    def reached_by(self, via: str) -> bool:
        """Whether there is a notifier of this name that writes mail."""
        return Capability.MAIL in self._capabilities(via)

    # ------------------------------------------------------------------ what visitors do
    def ask(self, tx: Tx, channel: str, address: str, letter: MailText, mailing: Mailing) -> None:
        """Write to an address that somebody typed, unless that would be too often. Raises `BadRequest`."""
        mailbox = rules.mailbox_of(address)
        found = subscribers.find(tx, channel, address)
        confirmed = found is not None and found.confirmed_at is not None
        if confirmed or not rules.may_be_asked(subscribers.asked(tx.conn, channel, mailbox), tx.now):
            return
        busy = subscribers.asked_since(tx.conn, channel, tx.now - _HOUR) >= rules.MOST_AN_HOUR
        if busy or (found is None and subscribers.total(tx.conn, channel) >= rules.MOST):
            raise BadRequest("too many ask at once; try again in an hour", field="address", status=429)
        row = self._asked(tx, channel, address, mailbox) if found is None else _asked_again(tx, found)
        deliveries.add(tx, _delivery(tx, row, letter, mailing, f"{CONFIRM}:{row.letters}"))
        tx.emit("subscriber.asked", row.subject, {"channel": channel, "letters": row.letters})

    def _asked(self, tx: Tx, channel: str, address: str, mailbox: str) -> SubscriberRow:
        expires_at, nonce = tx.now + rules.LIFETIME, secrets.token_hex(16)
        row = subscribers.add(tx, channel=channel, address=address, mailbox=mailbox, nonce=nonce, expires_at=expires_at)
        timers.arm(tx, EXPIRE, row.subject, expires_at)
        return row

    def confirm(self, tx: Tx, channel: str, token: str) -> bool:
        """Make a subscription hold; it does not run out any more."""
        row = self.of_token(tx.conn, channel, CONFIRM, token, lock=True)
        if row is not None and row.confirmed_at is None:
            subscribers.change(tx, row, confirmed_at=tx.now)
            timers.cancel(tx, EXPIRE, row.subject)
            tx.emit("subscriber.confirmed", row.subject, {"channel": channel})
        return row is not None

    def leave(self, tx: Tx, channel: str, token: str) -> bool:
        """End a subscription, also one that was never confirmed."""
        row = self.of_token(tx.conn, channel, LEAVE, token, lock=True)
        if row is not None:
            _forget(tx, row, "subscriber.left")
        return row is not None

    def of_token(
        self, conn: Connection, channel: str, purpose: str, token: str, *, lock: bool = False
    ) -> SubscriberRow | None:
        """The subscription that a link of a channel is about, None for one that does nothing any more."""
        given = rules.read_link(token)
        row = subscribers.get(conn, given.subscriber, lock=lock) if given is not None else None
        if given is None or row is None or row.channel != channel:
            return None
        now, keys = self.store.clock.now(), self._keys.live(ADDRESSES)
        return row if any(rules.genuine(key, purpose, given, row.nonce, now) for key in keys) else None

    def token(self, row: SubscriberRow, purpose: str) -> str:
        """The token that does `purpose` for a subscription."""
        expires = int(row.expires_at.timestamp()) if purpose == CONFIRM else 0
        return rules.link(self._keys.key, purpose, row.id, row.nonce, expires)

    # ------------------------------------------------------------------ what is published
    def publish(self, tx: Tx, channel: str, update_id: int, letter: MailText, mailing: Mailing) -> int:
        """Write to everybody who had subscribed before an update, once."""
        posted = subscribers.update_of(tx.conn, update_id)
        if posted is None or not subscribers.mark_published(tx, channel, update_id):
            return 0
        incident_id, at = posted
        rows = subscribers.confirmed(tx.conn, channel, at)
        deliveries.enqueue(tx, [_delivery(tx, row, letter, mailing, f"update:{update_id}") for row in rows])
        if rows:
            data = {"channel": channel, "update": update_id, "count": len(rows), "title": letter.title}
            tx.emit("incident.subscribers_told", f"incident:{incident_id}", data)
        return len(rows)

    # ------------------------------------------------------------------ what operators do
    async def counts(self) -> wire_subscribers.SubscriberCounts:
        """How many subscribe to what."""
        found = await self.store.read(subscribers.counts)
        shown = (
            wire_subscribers.ChannelSubscribers(channel=one.channel, confirmed=one.confirmed, waiting=one.waiting)
            for one in found
        )
        return wire_subscribers.SubscriberCounts(channels=tuple(shown))

    async def export(self, channel: str) -> wire_subscribers.SubscriberList:
        """Everybody, with their addresses."""
        found = await self.store.read(lambda conn: subscribers.listed(conn, channel))
        return wire_subscribers.SubscriberList(subscribers=tuple(map(_shown, found)))

    async def remove(self, body: wire_subscribers.RemoveSubscriber, actor: str) -> wire_subscribers.SubscribersRemoved:
        """Forget an address. Raises `NotFound`."""

        def command(tx: Tx) -> int:
            rows = subscribers.of_address(tx.conn, body.address.strip())
            mine = [row for row in rows if body.channel in ("", row.channel)]
            for row in mine:
                _forget(tx, row, "subscriber.removed", actor)
            return len(mine)

        removed = await self.store.write(command)
        if not removed:
            raise NotFound("nobody subscribes with this address")
        return wire_subscribers.SubscribersRemoved(removed=removed)


def _asked_again(tx: Tx, row: SubscriberRow) -> SubscriberRow:
    return subscribers.change(tx, row, letters=row.letters + 1, last_letter_at=tx.now)


def _forget(tx: Tx, row: SubscriberRow, kind: str, actor: str = SYSTEM) -> None:
    subscribers.forget(tx, row)
    timers.cancel(tx, EXPIRE, row.subject)
    data = {"channel": row.channel, "confirmed": row.confirmed_at is not None}
    tx.emit(kind, row.subject, data, actor=actor)


def _expire(tx: Tx, timer: Timer) -> None:
    row = subscribers.get(tx.conn, timer.subject_id, lock=True)
    if row is not None and row.confirmed_at is None:
        _forget(tx, row, "subscriber.expired")


def _delivery(tx: Tx, row: SubscriberRow, letter: MailText, mailing: Mailing, what: str) -> NewDelivery:
    """A letter; the places of its links are in its labels, which nobody is shown."""
    places = {LEAVE: mailing.leave_url}
    if what.startswith(CONFIRM):
        places[CONFIRM] = mailing.confirm_url
    return NewDelivery(
        page_id=None,
        person="",
        notifier=mailing.via,
        address=row.address,
        kind="update",
        message=Message(title=letter.title, body=letter.body, reason=letter.reason, urgency="low", labels=places),
        idempotency_key=f"{row.subject}:{row.nonce}:{what}",
        due_at=tx.now,
        about=row.subject,
    )


def _shown(row: SubscriberRow) -> wire_subscribers.Subscriber:
    return wire_subscribers.Subscriber(
        channel=row.channel, address=row.address, asked_at=row.asked_at, confirmed_at=row.confirmed_at
    )


class LentSubscribers:
    """Implements the plugin API's `Subscribers` for one instance. `service` is asked at each use: it is made later."""

    def __init__(self, service: Callable[[], Subscribers], instance: str) -> None:
        self._service = service
        self._instance = instance

    def reached_by(self, via: str) -> bool:
        """Whether there is a notifier of this name that writes mail."""
        return self._service().reached_by(via)

    async def ask(self, address: str, letter: MailText, mailing: Mailing) -> None:
        """Ask an address to confirm. Raises `BadRequest`, `StoreUnavailable`."""
        try:
            known = rules.checked_address(address)
        except rules.BadAddress as error:
            raise BadRequest(str(error), field="address", status=422) from None
        await self._write(lambda tx: self._service().ask(tx, self._instance, known, letter, mailing))

    async def asked(self, token: str) -> bool:
        """Whether the link that confirms still does. Raises `StoreUnavailable`."""
        return await self._holds(CONFIRM, token)

    async def confirm(self, token: str) -> bool:
        """Subscribe. Raises `StoreUnavailable`."""
        return await self._write(lambda tx: self._service().confirm(tx, self._instance, token))

    async def subscribed(self, token: str) -> bool:
        """Whether there is something to end. Raises `StoreUnavailable`."""
        return await self._holds(LEAVE, token)

    async def leave(self, token: str) -> bool:
        """Unsubscribe. Raises `StoreUnavailable`."""
        return await self._write(lambda tx: self._service().leave(tx, self._instance, token))

    async def publish(self, update_id: int, letter: MailText, mailing: Mailing) -> int:
        """Send an update once. Raises `StoreUnavailable`."""
        return await self._write(lambda tx: self._service().publish(tx, self._instance, update_id, letter, mailing))

    async def _holds(self, purpose: str, token: str) -> bool:
        service = self._service()
        try:
            found = await service.store.read(lambda conn: service.of_token(conn, self._instance, purpose, token))
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("subscriptions cannot be read now") from error
        return found is not None

    async def _write(self, command: Callable[[Tx], T]) -> T:
        try:
            return await self._service().store.write(command)
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("subscriptions cannot be stored now") from error
