"""The timeline of a review."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import review_timeline as wire_timeline


class ReviewTimelineCalls(Calls):
    """As far as it may be seen now, and what people add to it."""

    async def review_timeline(self, incident_id: int) -> wire_timeline.Walk:
        return await self._get(f"/v1/incidents/{incident_id}/review/timeline", wire_timeline.Walk)

    async def add_entry(self, incident_id: int, body: wire_timeline.WriteEntry) -> wire_timeline.CuratedEntry:
        return await self._send("POST", _entries(incident_id), wire_timeline.CuratedEntry, body)

    async def edit_entry(
        self, incident_id: int, entry_id: int, body: wire_timeline.EditEntry, if_version: int | None = None
    ) -> wire_timeline.CuratedEntry:
        path = f"{_entries(incident_id)}/{entry_id}"
        return await self._send("PATCH", path, wire_timeline.CuratedEntry, body, if_version=if_version)

    async def withdraw_entry(self, incident_id: int, entry_id: int) -> wire_timeline.CuratedEntry:
        return await self._send("DELETE", f"{_entries(incident_id)}/{entry_id}", wire_timeline.CuratedEntry)

    async def group_entries(self, incident_id: int, body: wire_timeline.GroupEntries) -> wire_timeline.Walk:
        return await self._send("POST", f"/v1/incidents/{incident_id}/review/groups", wire_timeline.Walk, body)


def _entries(incident_id: int) -> str:
    return f"/v1/incidents/{incident_id}/review/entries"
