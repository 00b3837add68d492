"""Handing over what the chat of responders is told: made from how things stand when the message leaves."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection

from incidentd.domain.chat_words import topic
from incidentd.plugin.chat import Announcement, RoomAct, RoomOrder
from incidentd.plugin.values import Receipt
from incidentd.services.chat_announcements import compose
from incidentd.services.chat_rooms import ROOM
from incidentd.services.incident_views import existing
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.store import Store


class ChatSender(Protocol):
    """The plugin host's side: a channel instance by name, with its time limit and health."""

    async def announce(self, instance: str, announcement: Announcement) -> Receipt: ...
    async def arrange(self, instance: str, order: RoomOrder) -> Receipt: ...


class ChatMessages:
    """Sends deliveries to a chat."""

    def __init__(self, store: Store, sender: ChatSender) -> None:
        self._store = store
        self._sender = sender

    async def send(self, row: DeliveryRow) -> Receipt:
        """Hand a delivery to its channel; nothing where there is nothing to say any more."""
        if row.kind.startswith(ROOM):
            return await self._sender.arrange(row.notifier, await self._store.read(lambda conn: _order(conn, row)))
        announcement = await self._store.read(lambda conn: compose(conn, row))
        return Receipt() if announcement is None else await self._sender.announce(row.notifier, announcement)


def _order(conn: Connection, row: DeliveryRow) -> RoomOrder:
    """What is to be done with a room: its topic as it is now, all else as it was meant."""
    act, text = RoomAct(row.kind.removeprefix(ROOM)), row.message.body
    if act is RoomAct.TOPIC:
        text = topic(existing(conn, int(row.about.rpartition(":")[2])))
    return RoomOrder(
        idempotency_key=row.idempotency_key,
        act=act,
        created_at=row.created_at,
        room=row.address,
        name=text if act is RoomAct.OPEN else "",
        people=tuple(text.split()) if act is RoomAct.INVITE else (),
        text=text if act in (RoomAct.TOPIC, RoomAct.POST) else "",
        attempt=row.attempt,
    )
