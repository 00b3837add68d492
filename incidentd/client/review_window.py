"""What happens before a review."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.client.calls import Calls, query_string
from incidentd.wire import review_meeting as wire_meeting
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

    async def meeting_times(
        self, incident_id: int, *, minutes: int = 60, person: Sequence[str] = ()
    ) -> wire_meeting.MeetingProposals:
        query = query_string(minutes=minutes, person=person)
        return await self._get(
            f"/v1/incidents/{incident_id}/review/meeting/times{query}", wire_meeting.MeetingProposals
        )

    async def meeting(self, incident_id: int) -> wire_meeting.Meeting:
        return await self._get(f"/v1/incidents/{incident_id}/review/meeting", wire_meeting.Meeting)

    async def schedule_meeting(self, incident_id: int, body: wire_meeting.ScheduleMeeting) -> wire_meeting.Meeting:
        return await self._send("POST", f"/v1/incidents/{incident_id}/review/meeting", wire_meeting.Meeting, body)

    async def move_meeting(self, incident_id: int, body: wire_meeting.MoveMeeting) -> wire_meeting.Meeting:
        return await self._send("POST", f"/v1/incidents/{incident_id}/review/meeting/move", wire_meeting.Meeting, body)

    async def cancel_meeting(self, incident_id: int, why: str = "") -> wire_meeting.Meeting:
        path, body = f"/v1/incidents/{incident_id}/review/meeting/cancel", wire_meeting.CancelMeeting(why=why)
        return await self._send("POST", path, wire_meeting.Meeting, body)

    async def answer_meeting(self, incident_id: int, body: wire_meeting.AnswerMeeting) -> wire_meeting.Meeting:
        path = f"/v1/incidents/{incident_id}/review/meeting/answer"
        return await self._send("POST", path, wire_meeting.Meeting, body)
