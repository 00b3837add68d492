"""The routes of the learning library; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import library
from incidentd.api.identity import Role
from incidentd.api.route import Route
from incidentd.wire import library_import as wire_import

LIBRARY_ROUTES: tuple[Route, ...] = (
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
