"""Which due messages go out now, which wait, and which go as one: decided in the transaction that claims them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain import bundles
from incidentd.domain.contact_limits import Limit, Slot, opening, remembered
from incidentd.domain.hours import open_at, opens_at, why_closed
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.delivery_events import facts, subject_of
from incidentd.storage import claims, contacts, drills, outbox
from incidentd.storage.contacts import ContactRow
from incidentd.storage.deliveries import DeliveryRow, Message, NewDelivery
from incidentd.storage.outbox import ContactKey, contact_of
from incidentd.storage.tx import Tx

BUNDLE = "bundle"
LEASE = timedelta(seconds=60)
"""Longer than any notifier may take, so that a live node never loses a message it is still sending."""
_BUNDLE_REASON = "several messages came at once; you are written to no more often than its limit says"


class Claimed(msgspec.Struct, frozen=True):
    """A message to send now; `parts` are those that it carries when it is a bundle.

    `unclear`: an earlier attempt may have got through, whatever becomes of this one.
    """

    row: DeliveryRow
    parts: tuple[DeliveryRow, ...] = ()
    unclear: bool = False

    @property
    def told(self) -> tuple[DeliveryRow, ...]:
        """The messages whose fate is that of this one, as people know them."""
        return self.parts if self.row.kind == BUNDLE else (self.row,)


class Outbox:
    """Claims what may go out. `capabilities` are those of a notifier instance by its name."""

    def __init__(
        self,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        capabilities: Callable[[str], Iterable[str]],
        node: str,
    ) -> None:
        self._process = process
        self._roster = roster
        self._capabilities = capabilities
        self._node = node

    def claim(self, tx: Tx, rooms: Mapping[str, int]) -> list[Claimed]:
        """Each notifier has room of its own, so that one that hangs holds up no other."""
        return [one for name, room in rooms.items() for one in self._of_notifier(tx, name, room)]

    def _of_notifier(self, tx: Tx, notifier: str, room: int) -> list[Claimed]:
        limits = self._process().limits.of(notifier, self._capabilities(notifier))
        every = claims.due_of_notifier(tx, notifier, room)
        due = [row for row in every if not row.to_outside]
        found = self._take(tx, _in_order(tx, [row for row in every if row.to_outside]))
        if not limits:
            return found + self._take(tx, self._within_hours(tx, _taking_part(tx, due)))
        for key in dict.fromkeys(map(contact_of, due)):
            contact = contacts.lock(tx, key)
            if contact is not None and len(found) < room:
                found += self._of_contact(tx, limits, contact)
        return found

    # ------------------------------------------------------------------ hours
    def _within_hours(self, tx: Tx, rows: Sequence[DeliveryRow]) -> list[DeliveryRow]:
        """Those that may go at this time of the person's day; the others wait for it."""
        return [row for row in rows if not self._held_by_hours(tx, row)]

    def _held_by_hours(self, tx: Tx, row: DeliveryRow) -> bool:
        person = self._roster().people.get(row.person)
        if not row.can_wait or row.may_have_arrived or person is None or open_at(person.hours, tx.now):
            return False
        until = opens_at(person.hours, tx.now)
        if until is None:
            return False
        _hold(tx, row, until, why_closed(person.hours))
        return True

    # ------------------------------------------------------------------ limits
    def _of_contact(self, tx: Tx, limits: Sequence[Limit], contact: ContactRow) -> list[Claimed]:
        due = self._within_hours(tx, _taking_part(tx, claims.due_at_contact(tx, *contact.key)))
        alone = [row for row in due if row.kind == "test" or row.may_have_arrived]
        fresh = [row for row in due if row not in alone]
        found = self._take(tx, alone)
        slots = [*contact.slots, *_slots(tx.now, (one.row for one in found if one.row.kind != "test"))]
        if fresh:
            found += self._fresh(tx, limits, contact.key, slots, fresh)
        contacts.set_slots(tx, contact.key, remembered(limits, _unique(slots), tx.now))
        return found

    def _fresh(
        self, tx: Tx, limits: Sequence[Limit], key: ContactKey, slots: list[Slot], rows: Sequence[DeliveryRow]
    ) -> list[Claimed]:
        """Everything at once when the window is open, nothing when it is not; what was sent is added to `slots`.

        Bundles that did not arrive are among it: each would ring on its own once their notifier is well again.
        """
        for_urgent, for_others = (opening(limits, slots, tx.now, urgent=urgent) for urgent in (True, False))
        if (for_urgent if any(row.urgent for row in rows) else for_others).limit is not None:
            for row in rows:
                until = for_urgent if row.urgent else for_others
                _hold(tx, row, until.at, f"the limit of {until.limit} to this contact method")
            return []
        claimed = self._take(tx, rows) if len(rows) == 1 else [self._joined(tx, key, rows, more=bool(slots))]
        slots += _slots(tx.now, (one.row for one in claimed))
        return claimed

    def _joined(self, tx: Tx, key: ContactKey, rows: Sequence[DeliveryRow], *, more: bool) -> Claimed:
        """All of it as one bundle, in which what earlier ones carried is named again."""
        earlier = [row for row in rows if row.kind == BUNDLE]
        carried = [part for row in earlier for part in outbox.parts_of(tx.conn, row.id)]
        for row in earlier:
            outbox.drop(tx, row, "what it carried goes in another one")
        return self._bundled(tx, key, [*carried, *(row for row in rows if row.kind != BUNDLE)], more=more)

    def _bundled(self, tx: Tx, key: ContactKey, rows: Sequence[DeliveryRow], *, more: bool) -> Claimed:
        of_drills = drills.by_delivery(tx.conn, [row.id for row in rows])
        parts = [_part(row, drill=row.id in of_drills) for row in rows]
        message = Message(
            title=bundles.title(parts, more=more),
            body=bundles.body(parts),
            reason=_BUNDLE_REASON,
            urgency="high" if any(part.urgent for part in parts) else "low",
        )
        person, notifier, address = key
        new = NewDelivery(
            page_id=None,
            person=person,
            notifier=notifier,
            address=address,
            kind=BUNDLE,
            message=message,
            idempotency_key=uuid.uuid4().hex,
            due_at=tx.now,
            drill_id=_shared(of_drills, rows),
        )
        carrier = outbox.bundle(tx, new, rows)
        (claimed,) = self._take(tx, [carrier])
        return claimed

    def _take(self, tx: Tx, rows: Sequence[DeliveryRow]) -> list[Claimed]:
        unclear = {row.id for row in rows if row.may_have_arrived}
        taken = claims.take(tx, self._node, LEASE, [row.id for row in rows])
        return [
            Claimed(row, tuple(outbox.parts_of(tx.conn, row.id)) if row.kind == BUNDLE else (), row.id in unclear)
            for row in taken
        ]


def _in_order(tx: Tx, due: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    """The oldest for each report, and none while another is on its way: a conversation keeps its order."""
    oldest: dict[str, DeliveryRow] = {}
    for row in sorted(due, key=lambda one: one.id):
        oldest.setdefault(row.about, row)
    busy = claims.being_sent(tx, list(oldest))
    return [row for about, row in oldest.items() if about not in busy]


def _taking_part(tx: Tx, rows: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    """The last look before a message leaves: whoever does not take part in a drill never hears of it."""
    of_drills = drills.by_delivery(tx.conn, [row.id for row in rows])
    strays = [row for row in rows if row.id in of_drills and row.person not in of_drills[row.id].people]
    for row in strays:
        outbox.drop(tx, row, "it is about a drill that this person does not take part in")
        tx.emit("delivery.dropped", subject_of(row), facts(row, held="the rules of the drill"))
    return [row for row in rows if row not in strays]


def _part(row: DeliveryRow, *, drill: bool) -> bundles.Part:
    message = row.message
    return bundles.Part(
        kind=row.kind,
        page_id=row.page_id,
        urgent=row.urgent,
        title=message.title,
        body=message.body,
        drill=drill,
    )


def _shared(of_drills: Mapping[int, drills.TakingPart], rows: Sequence[DeliveryRow]) -> int | None:
    """The drill that every one of these is part of, None as soon as one is real."""
    found = {of_drills[row.id].drill_id if row.id in of_drills else None for row in rows}
    return found.pop() if len(found) == 1 else None


def _slots(now: datetime, rows: Iterable[DeliveryRow]) -> list[Slot]:
    return [Slot(now, row.id, row.urgent) for row in rows]


def _unique(slots: Iterable[Slot]) -> list[Slot]:
    """One for each delivery: a message that is sent again rang once."""
    return list({slot.delivery: slot for slot in slots}.values())


def _hold(tx: Tx, row: DeliveryRow, until: datetime, why: str) -> None:
    outbox.hold(tx, row, until, why)
    if row.held != why and row.kind != BUNDLE:
        tx.emit("delivery.held", subject_of(row), {**facts(row), "why": why, "until": until})
