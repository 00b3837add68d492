"""Messages that people chose in the room of an incident, in its timeline: once each, with author and link."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from incidentd.domain.chat import person_of_account
from incidentd.domain.display import safe_line
from incidentd.domain.people import Roster
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.chat import KeptMessage
from incidentd.plugin.decoding import storable
from incidentd.storage import chat_rooms, incidents
from incidentd.storage.store import Store, StoreClosed
from incidentd.storage.tx import Tx

_LONGEST = 10_000
_LINK = 500
GONE = (SQLAlchemyError, StoreClosed, OSError)


class ChatKeeping:
    """What a channel instance may keep."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._roster = roster

    async def rooms(self, instance: str) -> Sequence[str]:
        """The vendor's ids of the rooms that are open. Raises `StoreUnavailable`."""
        try:
            return await self._store.read(lambda conn: chat_rooms.open_at_vendor(conn, instance))
        except GONE as error:
            raise StoreUnavailable("the rooms cannot be read now") from error

    async def keep(self, instance: str, message: KeptMessage) -> bool:
        """False when it is in no room, or was kept before. Raises `StoreUnavailable`."""
        try:
            return await self._store.write(lambda tx: self._keep(tx, instance, message))
        except IntegrityError:
            return False  # another node kept it a moment ago
        except GONE as error:
            raise StoreUnavailable("the message could not be kept; tell of it again") from error

    def _keep(self, tx: Tx, instance: str, message: KeptMessage) -> bool:
        room = chat_rooms.at_vendor(tx.conn, instance, message.room)
        incident = incidents.get(tx.conn, room.incident_id, lock=True) if room is not None else None
        if room is None or incident is None:
            return False
        if not chat_rooms.keep(tx, instance, storable(message.id)[:250], incident.id):
            return False
        person = person_of_account(self._roster(), instance, message.author)
        text = storable(message.text).strip()[:_LONGEST] or "(no text)"
        if person is None:
            text = f"{safe_line(message.author_name or message.author, 100)} in {room.name}: {text}"
        note = {
            "text": text,
            "kind": "note",
            "evidence": safe_line(message.link, _LINK),
            "pinned": True,
            "observed_at": min(message.at, tx.now),
            "mark": uuid.uuid4().hex,
            "via": instance,
        }
        tx.emit("incident.note", incident.subject, note, actor=person.handle if person is not None else instance)
        incidents.change(tx, incident)
        return True
