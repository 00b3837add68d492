"""What happens before a review: its window, opening it early, own notes, and the meeting."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Document, Read
from incidentd.services.contracts import Calls
from incidentd.wire import review_meeting as wire_meeting
from incidentd.wire import review_window as wire_review

ICALENDAR = "text/calendar"


async def get_window(calls: Calls, call: Read) -> wire_review.ReviewWindow:
    return await calls.review_windows.get(call.id)


async def ask_opening(calls: Calls, call: Call[wire_review.AskOpening, queries.Query]) -> wire_review.ReviewWindow:
    return await calls.review_windows.ask(call.id, call.body, call.actor)


async def answer_opening(
    calls: Calls, call: Call[wire_review.AnswerOpening, queries.Query]
) -> wire_review.ReviewWindow:
    return await calls.review_windows.answer(call.id, call.body, call.actor)


async def get_own_notes(calls: Calls, call: Read) -> wire_review.OwnNotes:
    return await calls.own_notes.get(call.id, call.actor)


async def save_own_notes(calls: Calls, call: Call[wire_review.SaveNotes, queries.Query]) -> wire_review.SavedNotes:
    return await calls.own_notes.put(call.id, call.body, call.actor, call.if_version)


async def propose_times(calls: Calls, call: Call[Empty, queries.MeetingTimes]) -> wire_meeting.MeetingProposals:
    return await calls.meetings.propose(call.id, call.query.minutes, call.query.person)


async def get_meeting(calls: Calls, call: Call[Empty, queries.MeetingForm]) -> wire_meeting.Meeting | Document:
    if call.query.format == "ics":
        return Document(ICALENDAR, (await calls.meetings.calendar(call.id)).encode())
    return await calls.meetings.get(call.id)


async def schedule_meeting(
    calls: Calls, call: Call[wire_meeting.ScheduleMeeting, queries.Query]
) -> wire_meeting.Meeting:
    return await calls.meetings.schedule(call.id, call.body, call.actor)


async def move_meeting(calls: Calls, call: Call[wire_meeting.MoveMeeting, queries.Query]) -> wire_meeting.Meeting:
    return await calls.meetings.move(call.id, call.body, call.actor, call.if_version)


async def cancel_meeting(calls: Calls, call: Call[wire_meeting.CancelMeeting, queries.Query]) -> wire_meeting.Meeting:
    return await calls.meetings.cancel(call.id, call.body, call.actor, call.if_version)


async def answer_meeting(calls: Calls, call: Call[wire_meeting.AnswerMeeting, queries.Query]) -> wire_meeting.Meeting:
    return await calls.meetings.answer(call.id, call.body, call.actor)
