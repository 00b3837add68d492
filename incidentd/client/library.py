"""The learning library."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import followups as wire_followups
from incidentd.wire import library_import as wire_import


class LibraryCalls(Calls):
    """What stays of reviews."""

    async def import_review(self, body: wire_import.ImportReview) -> wire_import.ImportedReview:
        return await self._send("POST", "/v1/library/import", wire_import.ImportedReview, body)

    async def followups(self, incident_id: int) -> wire_followups.Followups:
        return await self._get(f"/v1/incidents/{incident_id}/review/followups", wire_followups.Followups)

    async def answer_followup(self, incident_id: int, body: wire_followups.AnswerFollowup) -> wire_followups.Followups:
        return await self._send("POST", f"/v1/incidents/{incident_id}/review/followups", wire_followups.Followups, body)
