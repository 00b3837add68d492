"""The routes of what happens before a review; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import review_window
from incidentd.api.identity import Role
from incidentd.api.route import Route, created, get, post
from incidentd.wire import review_window as wire_review

_WINDOW = wire_review.ReviewWindow

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
)
