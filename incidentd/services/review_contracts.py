"""What the socket API asks of what happens before a review; a part of `contracts`."""

from __future__ import annotations

from typing import Protocol

from incidentd.wire import review_meeting as wire_meeting
from incidentd.wire import review_window as wire_review


class ReviewWindowCalls(Protocol):
    async def get(self, incident_id: int) -> wire_review.ReviewWindow: ...
    async def ask(self, incident_id: int, body: wire_review.AskOpening, actor: str) -> wire_review.ReviewWindow: ...
    async def answer(
        self, incident_id: int, body: wire_review.AnswerOpening, actor: str
    ) -> wire_review.ReviewWindow: ...


class OwnNotesCalls(Protocol):
    async def get(self, incident_id: int, person: str) -> wire_review.OwnNotes: ...
    async def put(
        self, incident_id: int, body: wire_review.SaveNotes, person: str, if_version: int | None
    ) -> wire_review.SavedNotes: ...


class MeetingCalls(Protocol):
    async def propose(
        self, incident_id: int, minutes: int, people: tuple[str, ...]
    ) -> wire_meeting.MeetingProposals: ...
    async def get(self, incident_id: int) -> wire_meeting.Meeting: ...
    async def calendar(self, incident_id: int) -> str: ...
    async def schedule(
        self, incident_id: int, body: wire_meeting.ScheduleMeeting, actor: str
    ) -> wire_meeting.Meeting: ...
    async def move(
        self, incident_id: int, body: wire_meeting.MoveMeeting, actor: str, if_version: int | None
    ) -> wire_meeting.Meeting: ...
    async def cancel(
        self, incident_id: int, body: wire_meeting.CancelMeeting, actor: str, if_version: int | None
    ) -> wire_meeting.Meeting: ...
    async def answer(self, incident_id: int, body: wire_meeting.AnswerMeeting, actor: str) -> wire_meeting.Meeting: ...
