"""What a notifier is handed for a letter to a subscriber: the words as they were stored, with links made now."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.plugin.values import Notification, NotificationKind, PermanentFailure, Urgency
from incidentd.services.subscribers import CONFIRM, LEAVE, Subscribers
from incidentd.storage import subscribers
from incidentd.storage.deliveries import DeliveryRow


class SubscriberLetters:
    """Makes letters, for whoever still subscribes."""

    def __init__(self, service: Subscribers) -> None:
        self._service = service

    async def of(self, row: DeliveryRow) -> Notification:
        """The letter of a delivery. Raises `PermanentFailure` when nobody subscribes with that address any more."""
        return await self._service.store.read(lambda conn: self._letter(conn, row))

    def _letter(self, conn: Connection, row: DeliveryRow) -> Notification:
        subscriber = subscribers.get(conn, int(row.about.partition(":")[2]))
        if subscriber is None:
            raise PermanentFailure("nobody subscribes with this address any more")
        message = row.message
        places = {what: f"{url}/{self._service.token(subscriber, what)}" for what, url in message.labels.items()}
        confirm = f"\n\n{places[CONFIRM]}" if CONFIRM in places else ""
        return Notification(
            idempotency_key=row.idempotency_key,
            thread=row.idempotency_key,
            kind=NotificationKind.UPDATE,
            urgency=Urgency.LOW,
            recipient="subscriber",
            address=row.address,
            title=message.title,
            body=message.body + confirm,
            reason=message.reason,
            labels={},
            created_at=row.created_at,
            attempt=row.attempt,
            unsubscribe_url=places[LEAVE],
        )
