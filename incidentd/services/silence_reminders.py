"""What the owner of a silence is written: before it ends while alerts fire under it, and when it has lasted long."""

from __future__ import annotations

import uuid

from incidentd.domain.display import safe_line
from incidentd.domain.people import Roster
from incidentd.domain.silences import Silence
from incidentd.services.hidden import told
from incidentd.storage import deliveries
from incidentd.storage.deliveries import Message, NewDelivery
from incidentd.storage.tx import Tx

REMIND = "silence.remind"
LONG = "silence.long"
_TITLE = 250


def remind(tx: Tx, roster: Roster, silence: Silence, firing: int, *, ends_soon: bool) -> None:
    """Write to the owner by the first of their contact methods; the event says when that reaches nobody."""
    owner = roster.people.get(silence.created_by)
    contact = owner.contacts[0] if owner is not None and owner.contacts else None
    data = {**told(silence), "firing": firing, "written_to": "" if contact is None else silence.created_by}
    tx.emit("silence.ends_soon" if ends_soon else "silence.lasts_long", silence.subject, data)
    if owner is None or contact is None:
        return
    until = f"{silence.ends_at:%Y-%m-%d %H:%M} UTC"
    head = f"Silence {silence.name} ends at {until}" if ends_soon else f"Silence {silence.name} is on since a day"
    after = "They page when it has ended." if ends_soon else f"It ends at {until}."
    body = (
        f"{safe_line(silence.comment, _TITLE)}\n"
        f"{safe_line(', '.join(map(str, silence.matchers)), 2 * _TITLE)}\n"
        f"Alerts that fire under it: {firing}. {after}"
    )
    message = Message(title=safe_line(head, _TITLE), body=body, reason="you set this silence", urgency="low")
    reminder = NewDelivery(
        page_id=None,
        person=owner.handle,
        notifier=contact.notifier,
        address=contact.address,
        kind="update",
        message=message,
        idempotency_key=uuid.uuid4().hex,
        due_at=tx.now,
    )
    deliveries.enqueue(tx, [reminder])
