"""Pins: which moments of a timeline count most. A pin is an event of its own; the entry it is on stays as it was."""

from __future__ import annotations

import msgspec

from incidentd import wire
from incidentd.services.errors import Unknown
from incidentd.services.incident_views import existing
from incidentd.services.timeline import timeline
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import pins as wire_pins


class Pins:
    """Implements `contracts.PinCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def pin(self, incident_id: int, body: wire_pins.Pin, actor: str) -> wire.TimelineEntry:
        """Pin an entry, or take its pin off; nothing happens where that is so. Raises `NotFound` and `Invalid`."""

        def command(tx: Tx) -> wire.TimelineEntry:
            incident = existing(tx.conn, incident_id, lock=True)
            entries = timeline(tx.conn, incident).entries
            entry = next((one for one in entries if one.seq == body.seq), None)
            if entry is None:
                raise Unknown(f"the timeline of INC-{incident_id} has no entry {body.seq}", field="seq")
            if entry.pinned == body.pinned:
                return entry
            data = {"entry": body.seq, "pinned": body.pinned, "text": entry.text}
            tx.emit("incident.pinned", incident.subject, data, actor=actor)
            return msgspec.structs.replace(entry, pinned=body.pinned)

        return await self._store.write(command)
