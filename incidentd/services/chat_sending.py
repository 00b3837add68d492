"""Handing over what the chat of responders is told: made from how things stand when the message leaves."""

from __future__ import annotations

from typing import Protocol

from incidentd.plugin.chat import Announcement
from incidentd.plugin.values import Receipt
from incidentd.services.chat_announcements import compose
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.store import Store


class ChatSender(Protocol):
    """The plugin host's side: a channel instance by name, with its time limit and health."""

    async def announce(self, instance: str, announcement: Announcement) -> Receipt: ...


class ChatMessages:
    """Sends deliveries to a chat."""

    def __init__(self, store: Store, sender: ChatSender) -> None:
        self._store = store
        self._sender = sender

    async def send(self, row: DeliveryRow) -> Receipt:
        """Hand a delivery to its channel; nothing where there is nothing to say any more."""
        announcement = await self._store.read(lambda conn: compose(conn, row))
        return Receipt() if announcement is None else await self._sender.announce(row.notifier, announcement)
