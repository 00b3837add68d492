"""What is known of each contact method: when it rang, whether it works, and when its owner proved it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from incidentd.clock import from_micros, to_micros
from incidentd.domain.contact_limits import Slot
from incidentd.storage.outbox import ContactKey
from incidentd.storage.schema import contacts
from incidentd.storage.tx import Tx


class ContactRow(msgspec.Struct, frozen=True, kw_only=True):
    """One contact method as stored. `failures` counts messages in a row that failed for good."""

    person: str
    notifier: str
    address: str
    slots: tuple[Slot, ...]
    failures: int
    last_ok_at: datetime | None
    last_error_at: datetime | None
    last_error: str
    tested_at: datetime | None
    proven_at: datetime | None

    @property
    def key(self) -> ContactKey:
        """What names it."""
        return self.person, self.notifier, self.address


# Built once: to build a statement costs several times what it costs to run it, and every message asks.
_OF = (
    (contacts.c.person == bindparam("of_person"))
    & (contacts.c.notifier == bindparam("of_notifier"))
    & (contacts.c.address == bindparam("of_address"))
)
_GET = select(contacts).where(_OF)
_LOCK = _GET.with_for_update()
_LOCK_IF_FREE = _GET.with_for_update(skip_locked=True)
_KNOWN = select(contacts.c.person).where(_OF)
_CHANGE = update(contacts).where(_OF)
_FAILED = _CHANGE.values(failures=contacts.c.failures + 1)


def _named(key: ContactKey) -> dict[str, Any]:
    person, notifier, address = key
    return {"of_person": person, "of_notifier": notifier, "of_address": address}


def _contact(found: Row[Any]) -> ContactRow:
    values = {name: getattr(found, name) for name in ContactRow.__struct_fields__}
    slots = tuple(Slot(from_micros(at), delivery, urgent) for at, delivery, urgent in found.slots)
    return ContactRow(**values | {"slots": slots})


def everything(conn: Connection) -> dict[ContactKey, ContactRow]:
    """Every contact method that was ever used."""
    return {one.key: one for one in map(_contact, conn.execute(select(contacts)))}


def get(conn: Connection, key: ContactKey) -> ContactRow | None:
    """One contact method; None when it was never used."""
    found = conn.execute(_GET, _named(key)).one_or_none()
    return None if found is None else _contact(found)


def _ensure(tx: Tx, key: ContactKey) -> None:
    if tx.conn.execute(_KNOWN, _named(key)).first() is not None:
        return
    insert = postgresql.insert if tx.is_postgresql else sqlite.insert
    person, notifier, address = key
    fresh = {"slots": [], "failures": 0, "last_error": ""}
    new = insert(contacts).values(person=person, notifier=notifier, address=address, **fresh)
    tx.conn.execute(new.on_conflict_do_nothing())  # another node may know it since a moment


def lock(tx: Tx, key: ContactKey) -> ContactRow | None:
    """The contact method, locked; None while another node decides what goes there."""
    found = tx.conn.execute(_LOCK_IF_FREE, _named(key)).one_or_none()
    if found is None:
        _ensure(tx, key)
        found = tx.conn.execute(_LOCK_IF_FREE, _named(key)).one_or_none()
    return None if found is None else _contact(found)


def set_slots(tx: Tx, key: ContactKey, slots: Sequence[Slot]) -> None:
    """What counts against the limits from now on."""
    kept = [(to_micros(slot.at), slot.delivery, slot.urgent) for slot in slots]
    tx.conn.execute(_CHANGE, {"slots": kept, **_named(key)})


def give_back(tx: Tx, key: ContactKey, delivery_id: int) -> bool:
    """A message did not arrive, so it does not count; False when it did not count anyway."""
    found = tx.conn.execute(_LOCK, _named(key)).one_or_none()
    slots = _contact(found).slots if found is not None else ()
    left = [slot for slot in slots if slot.delivery != delivery_id]
    if len(left) == len(slots):
        return False
    set_slots(tx, key, left)
    return True


def change(tx: Tx, key: ContactKey, **values: Any) -> None:
    """Store what was learnt of it."""
    if tx.conn.execute(_CHANGE, {**values, **_named(key)}).rowcount == 0:
        _ensure(tx, key)
        tx.conn.execute(_CHANGE, {**values, **_named(key)})


def failed(tx: Tx, key: ContactKey, error: str) -> None:
    """One more message in a row failed for good."""
    _ensure(tx, key)
    tx.conn.execute(_FAILED, {"last_error_at": tx.now, "last_error": error, **_named(key)})
