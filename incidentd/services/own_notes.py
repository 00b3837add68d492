"""What people write for themselves before a review: each person's own, read by nobody else, kept as it is typed.

No event, no export and no list tells of them, not even that they are there: who writes nothing looks like everybody.
"""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.services.errors import Conflict
from incidentd.services.incident_views import existing
from incidentd.storage import review_notes
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_window as wire_review


def own_notes(conn: Connection, incident_id: int, person: str) -> str:
    """What `person` wrote for themselves; "" for nothing. For `person`'s own eyes: give it to nobody else."""
    return review_notes.get(conn, incident_id, person).text


class OwnNotes:
    """Implements `review_contracts.OwnNotesCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, incident_id: int, person: str) -> wire_review.OwnNotes:
        """A person's own notes, empty when there are none. Raises `NotFound`."""

        def read(conn: Connection) -> wire_review.OwnNotes:
            return review_notes.get(conn, existing(conn, incident_id).id, person)

        return await self._store.read(read)

    async def put(
        self, incident_id: int, body: wire_review.SaveNotes, person: str, if_version: int | None
    ) -> wire_review.SavedNotes:
        """Keep them; an empty text removes them. Raises `NotFound`, and `Conflict` after a save from elsewhere.

        The answer has no text in it, for answers are kept for a day to be repeated.
        """

        def command(tx: Tx) -> wire_review.SavedNotes:
            incident = existing(tx.conn, incident_id)
            kept = review_notes.get(tx.conn, incident.id, person, lock=True)
            if if_version is not None and if_version != kept.version:
                raise Conflict("you wrote something from elsewhere meanwhile", current=kept, remedy="put them together")
            if body.text:
                review_notes.put(tx, incident.id, person, body.text, kept.version)
                return wire_review.SavedNotes(incident_id=incident.id, saved_at=tx.now, version=kept.version + 1)
            review_notes.remove(tx, incident.id, person)
            return wire_review.SavedNotes(incident_id=incident.id, saved_at=None, version=0)

        return await self._store.write(command)
