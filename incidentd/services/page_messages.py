"""Messages about a page: those of a step, and those that follow to whoever was written to."""

from __future__ import annotations

import uuid
from datetime import datetime

from incidentd.domain.delivery_keys import step_key
from incidentd.domain.escalation import Contact
from incidentd.domain.people import Person
from incidentd.storage import deliveries
from incidentd.storage.deliveries import Message, NewDelivery
from incidentd.storage.pages import PageRow
from incidentd.storage.tx import Tx

PAGE = "page"
COPY = "copy"
"""A message to whoever learns beside somebody, or to a channel: it asks nobody to act, and reaches nobody."""
_FOLLOWED = (PAGE, COPY, "last_resort")


def of_step(page: PageRow, place: int, contact: Contact, due_at: datetime, *, can_wait: bool) -> NewDelivery:
    """The row for one message of the step that the page is at: the one at `place` of the step."""
    return NewDelivery(
        page_id=page.id,
        person=contact.person.handle,
        notifier=contact.method.notifier,
        address=contact.method.address,
        kind=COPY if contact.copy else PAGE,
        message=Message(
            title=page.title, body=page.body, reason=contact.reason, urgency=page.urgency, labels=page.labels
        ),
        idempotency_key=step_key(
            page.subject, page.started_at, page.version, place, contact.person.handle, contact.method
        ),
        due_at=due_at,
        step=page.step,
        round=page.round,
        can_wait=can_wait,
    )


def tell_again(tx: Tx, page: PageRow, kind: str, body: str, reason: str, only: str = "") -> int:
    """Write once more to the people who were reached, each by the method that reached them first.

    `only` names the one who needs to know; everybody is told where that person was never written to.
    """
    first: dict[str, deliveries.DeliveryRow] = {}
    for sent in deliveries.of_pages(tx.conn, [page.id]):
        if sent.state in deliveries.WRITTEN_TO and sent.kind in _FOLLOWED:
            first.setdefault(sent.person, sent)
    chosen = [first[only]] if only in first else list(first.values())
    message = Message(title=page.title, body=body, reason=reason, urgency="low", labels=page.labels)
    deliveries.enqueue(
        tx,
        [
            NewDelivery(
                page_id=page.id,
                person=one.person,
                notifier=one.notifier,
                address=one.address,
                kind=kind,
                message=message,
                idempotency_key=uuid.uuid4().hex,
                due_at=tx.now,
                can_wait=page.urgency == "low",
            )
            for one in chosen
        ],
    )
    return len(chosen)


def tell_person(tx: Tx, page: PageRow, person: Person, body: str, reason: str) -> None:
    """Write once to one person about a page, by the first method for what is not urgent, else by the first of all."""
    method = next(iter((*person.contacts_for("low"), *person.contacts)), None)
    if method is None:
        return
    message = Message(title=page.title, body=body, reason=reason, urgency="low", labels=page.labels)
    new = NewDelivery(
        page_id=page.id,
        person=person.handle,
        notifier=method.notifier,
        address=method.address,
        kind="update",
        message=message,
        idempotency_key=uuid.uuid4().hex,
        due_at=tx.now,
        can_wait=page.urgency == "low",
    )
    deliveries.enqueue(tx, [new])
