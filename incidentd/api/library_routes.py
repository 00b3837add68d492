"""The routes of the learning library; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import library
from incidentd.api.identity import Role
from incidentd.api.route import Route, get, post
from incidentd.wire import followups as wire_followups
from incidentd.wire import library_import as wire_import

_FOLLOWUPS = wire_followups.Followups

LIBRARY_ROUTES: tuple[Route, ...] = (
    get("/v1/incidents/{id}/review/followups", library.get_followups, _FOLLOWUPS, "Whether it changed how people work"),
    post(
        "/v1/incidents/{id}/review/followups",
        library.answer_followup,
        _FOLLOWUPS,
        "The caller's own answer, or another one in its place",
        body=wire_followups.AnswerFollowup,
    ),
    Route(
        method="POST",
        path="/v1/library/import",
        handler=library.import_review,
        role=Role.RESPONDER,
        answer=wire_import.ImportedReview,
        summary="Take over a review that was held elsewhere from its Markdown",
        body=wire_import.ImportReview,
        max_bytes=4 * 1024 * 1024,  # 500,000 characters, escaped
    ),
)
