"""The routes of the learning library; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import library
from incidentd.api.identity import Role
from incidentd.api.route import Route, created, get, post
from incidentd.wire import followups as wire_followups
from incidentd.wire import library as wire_library
from incidentd.wire import library_figures as wire_figures
from incidentd.wire import library_import as wire_import

_FOLLOWUPS = wire_followups.Followups

LIBRARY_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/library/search",
        library.search,
        wire_library.LibraryPage,
        "What reviews found, of the newest incidents first",
        query=queries.Library,
    ),
    Route(
        method="GET",
        path="/v1/library/reviews/{id}",
        handler=library.read_review,
        role=Role.RESPONDER,
        answer=wire_library.LibraryEntry,
        summary="A published review as its readers see it; counts the caller among them",
    ),
    get(
        "/v1/library/uses",
        library.list_uses,
        wire_library.Uses,
        "Where something was used again",
        query=queries.LibraryUses,
    ),
    created(
        "/v1/library/uses",
        library.record_use,
        wire_library.Use,
        "Record that something was used again",
        body=wire_library.RecordUse,
    ),
    get(
        "/v1/incidents/{id}/suggested-uses",
        library.suggested_uses,
        wire_library.SuggestedUses,
        "What its notes and updates cite, and nobody has recorded as used",
    ),
    get("/v1/library/digest", library.digest, wire_library.Digest, "The learning of the week as it would be sent next"),
    get(
        "/v1/library/figures",
        library.figures,
        wire_figures.LibraryFigures,
        "Figures of reviews and what came of them",
        query=queries.LibraryFigures,
    ),
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
