"""The routes of what happens before a review; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import review_window
from incidentd.api.route import Route, get
from incidentd.wire import review_window as wire_review

REVIEW_WINDOW_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/incidents/{id}/review/window",
        review_window.get_window,
        wire_review.ReviewWindow,
        "When its review may be held, and why then",
    ),
)
