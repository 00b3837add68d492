"""Telling people, when their hours begin, what ended while it waited for them: one durable message a person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from incidentd.domain.ended_waits import REASON, line, title, with_line
from incidentd.domain.escalation import policy_for, reach
from incidentd.domain.final_schedule import WEEK
from incidentd.domain.hours import open_at, opens_at
from incidentd.domain.people import Person, Roster
from incidentd.storage import deliveries, duty_changes
from incidentd.storage.deliveries import DeliveryRow, Message, NewDelivery
from incidentd.storage.pages import PageRow
from incidentd.storage.tx import Tx

_KEYS = uuid.UUID("6f1c7a52-3f0e-5d0b-9b1e-4d2a8e7c9a10")  # of our own: makes keys that a second writing finds again


def tell_later(tx: Tx, roster: Roster, page: PageRow, held: Sequence[DeliveryRow], actor: str) -> None:
    """Name an ended page to everybody whose hours held it back; whoever ended it knows."""
    told = {}
    for person in _people(tx, roster, page, held):
        opens = opens_at(person.hours, tx.now)
        if person.handle != actor and person.contacts_for("low") and opens is not None and opens > tx.now:
            _add(tx, person, page, opens)
            told[person.handle] = opens
    if told:
        tx.emit("page.told_later", page.subject, {"people": list(told), "until": min(told.values())})


def _people(tx: Tx, roster: Roster, page: PageRow, held: Iterable[DeliveryRow]) -> list[Person]:
    """Those with a message that waits for their hours, and those of a step that waits as a whole."""
    names = [row.person for row in held if row.kind == "page" and row.held and row.can_wait]
    if page.waits_for and page.next_step_at is not None:
        policy = policy_for(roster, page.policy, page.person, page.schedule, page.asked)
        step = min(page.step, len(policy.steps))
        at = page.next_step_at
        changes = duty_changes.between(tx.conn, at, at + WEEK)
        names += reach(roster, policy, step, at, page.urgency, changes).people
    known = [roster.people[name] for name in dict.fromkeys(names) if name in roster.people]
    return [person for person in known if not open_at(person.hours, tx.now)]


def _add(tx: Tx, person: Person, page: PageRow, opens: datetime) -> None:
    key = uuid.uuid5(_KEYS, f"{person.handle} {opens}").hex
    waiting = deliveries.waiting_by_key(tx, key)
    before = waiting.message.body.splitlines() if waiting is not None else []
    lines = with_line(before, line(page.id, page.title, page.started_at, tx.now))
    message = Message(title=title(lines), body="\n".join(lines), reason=REASON, urgency="low")
    if waiting is not None:
        deliveries.reword(tx, waiting, message)
        return
    contact = person.contacts_for("low")[0]
    new = NewDelivery(
        page_id=None,
        person=person.handle,
        notifier=contact.notifier,
        address=contact.address,
        kind="update",
        message=message,
        idempotency_key=key,
        due_at=opens,
        can_wait=True,
    )
    deliveries.enqueue(tx, [new])
