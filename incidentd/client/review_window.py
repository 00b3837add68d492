"""What happens before a review."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import review_window as wire_review


class ReviewWindowCalls(Calls):
    """When it may be held, and the caller's own notes."""

    async def review_window(self, incident_id: int) -> wire_review.ReviewWindow:
        return await self._get(f"/v1/incidents/{incident_id}/review/window", wire_review.ReviewWindow)

    async def ask_opening(self, incident_id: int, reason: str) -> wire_review.ReviewWindow:
        """Ask that it may be held before people rested."""
        body = wire_review.AskOpening(reason=reason)
        return await self._send("POST", f"/v1/incidents/{incident_id}/review/opening", wire_review.ReviewWindow, body)

    async def answer_opening(self, incident_id: int, body: wire_review.AnswerOpening) -> wire_review.ReviewWindow:
        path = f"/v1/incidents/{incident_id}/review/opening/answer"
        return await self._send("POST", path, wire_review.ReviewWindow, body)

    async def own_notes(self, incident_id: int) -> wire_review.OwnNotes:
        return await self._get(f"/v1/incidents/{incident_id}/review/notes", wire_review.OwnNotes)

    async def save_notes(self, incident_id: int, text: str, if_version: int | None = None) -> wire_review.SavedNotes:
        path, body = f"/v1/incidents/{incident_id}/review/notes", wire_review.SaveNotes(text=text)
        return await self._send("PUT", path, wire_review.SavedNotes, body, if_version=if_version)
