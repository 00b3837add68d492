"""Notes: messages that page nobody, such as a reminder. Each goes to a person's first contact method, not urgently."""

from __future__ import annotations

import uuid

from incidentd.domain import drills
from incidentd.domain.display import safe_line
from incidentd.domain.people import Person
from incidentd.storage import deliveries
from incidentd.storage.deliveries import Message, NewDelivery
from incidentd.storage.tx import Tx

LONGEST_LINE = 250


def write_to(
    tx: Tx,
    person: Person | None,
    title: str,
    body: str,
    reason: str,
    *,
    about: str = "",
    can_wait: bool = False,
    calendar: str = "",
    drill_id: int | None = None,
) -> bool:
    """Write to `person` when the daemon can; `body` is safe to show already. `drill_id`: it is part of a drill.

    `about` is what a link in the message answers; what `can_wait` waits for the person's hours.
    `calendar` is an iCalendar document that goes along where a notifier carries files.
    """
    if person is None or not person.contacts:
        return False
    contact = person.contacts[0]
    title, labels = safe_line(title, LONGEST_LINE), drills.labels(drill_id)
    message = Message(title=title, body=body, reason=reason, urgency="low", labels=labels, calendar=calendar)
    note = NewDelivery(
        page_id=None,
        person=person.handle,
        notifier=contact.notifier,
        address=contact.address,
        kind="update",
        message=message,
        idempotency_key=uuid.uuid4().hex,
        due_at=tx.now,
        drill_id=drill_id,
        about=about,
        can_wait=can_wait,
    )
    deliveries.enqueue(tx, [note])
    return True
