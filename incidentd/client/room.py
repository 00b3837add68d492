"""The room of an incident: who is in it, and what is pinned."""

from __future__ import annotations

from incidentd import wire
from incidentd.client.calls import Calls, query_string
from incidentd.wire import chat as wire_chat
from incidentd.wire import pins as wire_pins
from incidentd.wire import presence as wire_presence


class RoomCalls(Calls):
    """Being in a room together."""

    async def presence(self, incident_id: int, *, after: int = 0, wait: int = 0) -> wire_presence.Presence:
        """Who is there; waits at most `wait` seconds (20) for another version than `after`."""
        path = f"/v1/incidents/{incident_id}/presence{query_string(after=after, wait=wait)}"
        return await self._get(path, wire_presence.Presence)

    async def be_present(self, incident_id: int, body: wire_presence.BePresent) -> wire_presence.Presence:
        path = f"/v1/incidents/{incident_id}/presence"
        return await self._send("POST", path, wire_presence.Presence, body, once=False)

    async def pin(self, incident_id: int, seq: int, *, pinned: bool = True) -> wire.TimelineEntry:
        body = wire_pins.Pin(seq=seq, pinned=pinned)
        return await self._send("POST", f"/v1/incidents/{incident_id}/pins", wire.TimelineEntry, body)

    async def open_chat(self, incident_id: int) -> wire_chat.ChatRoom:
        return await self._send("POST", f"/v1/incidents/{incident_id}/chat", wire_chat.ChatRoom)

    async def archive_chat(self, incident_id: int) -> wire_chat.ChatRoom:
        return await self._send("POST", f"/v1/incidents/{incident_id}/chat/archive", wire_chat.ChatRoom)
