"""Test messages to every contact method of a person, and what became of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from incidentd.domain.people import ContactMethod, Person, Roster
from incidentd.services.errors import Invalid, NotFound
from incidentd.services.pages import delivery_view
from incidentd.storage import contacts, deliveries
from incidentd.storage.deliveries import DeliveryRow, Message, NewDelivery
from incidentd.storage.outbox import contact_of
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import pages as wire_pages


class ContactTests:
    """Writes the tests; the delivery worker sends them like every other message, without limits and hours."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._roster = roster

    async def start(self, handle: str, actor: str) -> wire_pages.PersonTest:
        """Send a test by each contact method. Raises `NotFound`, and `Invalid` when there is none."""
        person = self._roster().people.get(handle)
        if person is None:
            raise NotFound(f"there is no person {handle!r}")
        if not person.contacts:
            raise Invalid(f"{handle} has no contact method", field="person", remedy="add contacts in roster.toml")

        def command(tx: Tx) -> wire_pages.PersonTest:
            methods = [method.notifier for method in person.contacts]
            tx.emit("contact.tested", f"person:{handle}", {"by": methods}, actor=actor)
            rows = [
                deliveries.add(tx, _message(tx, person, method, number, actor))
                for number, method in enumerate(person.contacts, 1)
            ]
            return wire_pages.PersonTest(person=handle, deliveries=tuple(map(delivery_view, rows)))

        return await self._store.write(command)

    async def delivery(self, delivery_id: int) -> wire_pages.Delivery:
        """One delivery as it stands. Raises `NotFound`."""
        return await self._store.read(lambda conn: _shown(conn, delivery_id))


def _message(tx: Tx, person: Person, method: ContactMethod, number: int, actor: str) -> NewDelivery:
    of = len(person.contacts)
    body = "Nothing is wrong. Follow the link to confirm that this reached you."
    message = Message(
        title=f"TEST page from incidentd ({number} of {of}, by {method.notifier})",
        body=body,
        reason=f"{actor} asked for a test of your contact methods",
        urgency="high",
    )
    return NewDelivery(
        page_id=None,
        person=person.handle,
        notifier=method.notifier,
        address=method.address,
        kind="test",
        message=message,
        idempotency_key=uuid.uuid4().hex,
        due_at=tx.now,
    )


def _shown(conn: Connection, delivery_id: int) -> wire_pages.Delivery:
    row = deliveries.get(conn, delivery_id)
    if row is None:
        raise NotFound(f"there is no delivery {delivery_id}")
    return delivery_view(row, proven_at=_proven(conn, row))


def _proven(conn: Connection, row: DeliveryRow) -> datetime | None:
    known = contacts.get(conn, contact_of(row))
    since = known.proven_at if known is not None else None
    return since if since is not None and since >= row.created_at else None
