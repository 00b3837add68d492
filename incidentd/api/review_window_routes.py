"""The routes of what happens before a review; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import review_window
from incidentd.api.identity import Role
from incidentd.api.route import Route, changed, created, get, post
from incidentd.wire import review_meeting as wire_meeting
from incidentd.wire import review_window as wire_review

_WINDOW, _MEETING = wire_review.ReviewWindow, wire_meeting.Meeting
_MEETING_PATH = "/v1/incidents/{id}/review/meeting"

REVIEW_WINDOW_ROUTES: tuple[Route, ...] = (
    get("/v1/incidents/{id}/review/window", review_window.get_window, _WINDOW, "When it may be held, and why then"),
    created(
        "/v1/incidents/{id}/review/opening",
        review_window.ask_opening,
        _WINDOW,
        "Ask that it may be held before people rested",
        body=wire_review.AskOpening,
    ),
    post(
        "/v1/incidents/{id}/review/opening/answer",
        review_window.answer_opening,
        _WINDOW,
        "Grant that as a second person, decline it, or withdraw it",
        body=wire_review.AnswerOpening,
    ),
    Route(
        method="GET",
        path="/v1/incidents/{id}/review/notes",
        handler=review_window.get_own_notes,
        role=Role.RESPONDER,
        answer=wire_review.OwnNotes,
        summary="What the caller wrote for themselves",
    ),
    Route(
        method="PUT",
        path="/v1/incidents/{id}/review/notes",
        handler=review_window.save_own_notes,
        role=Role.RESPONDER,
        answer=wire_review.SavedNotes,
        summary="Keep what the caller writes for themselves",
        body=wire_review.SaveNotes,
        versioned=True,
    ),
    get(
        f"{_MEETING_PATH}/times",
        review_window.propose_times,
        wire_meeting.MeetingProposals,
        "Times that suit most, and who may facilitate",
        query=queries.MeetingTimes,
    ),
    Route(
        method="GET",
        path=_MEETING_PATH,
        handler=review_window.get_meeting,
        role=Role.VIEWER,
        answer=_MEETING,
        summary="The meeting, as JSON or iCalendar",
        query=queries.MeetingForm,
        documents=(review_window.ICALENDAR,),
    ),
    created(
        _MEETING_PATH, review_window.schedule_meeting, _MEETING, "Invite to one", body=wire_meeting.ScheduleMeeting
    ),
    changed(
        f"{_MEETING_PATH}/move", review_window.move_meeting, _MEETING, "Another time", body=wire_meeting.MoveMeeting
    ),
    changed(
        f"{_MEETING_PATH}/cancel",
        review_window.cancel_meeting,
        _MEETING,
        "Call it off",
        body=wire_meeting.CancelMeeting,
    ),
    post(
        f"{_MEETING_PATH}/answer",
        review_window.answer_meeting,
        _MEETING,
        "Whether the caller comes",
        body=wire_meeting.AnswerMeeting,
    ),
)
