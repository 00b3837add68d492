"""The routes of reviews: the workshop and what is written in it; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import reviews
from incidentd.api.route import Route, changed, created, get, post
from incidentd.wire import reviews as wire_reviews

_VIEW = wire_reviews.ReviewView

REVIEW_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/reviews",
        reviews.list_reviews,
        wire_reviews.ReviewPage,
        "Reviews, those of the newest incidents first",
        query=queries.Reviews,
    ),
    get("/v1/incidents/{id}/review", reviews.get_review, _VIEW, "A review as the caller may see it now"),
    created(
        "/v1/incidents/{id}/review",
        reviews.start_review,
        _VIEW,
        "Begin the review of an incident",
        body=wire_reviews.StartReview,
    ),
    changed(
        "/v1/incidents/{id}/review/drive",
        reviews.drive_review,
        _VIEW,
        "What its facilitator does: a step, the walk, the timer, a pause, the end",
        body=wire_reviews.DriveReview,
    ),
    post(
        "/v1/incidents/{id}/review/participate",
        reviews.participate,
        _VIEW,
        "Join or leave it, or say what you are done with",
        body=wire_reviews.Participate,
    ),
    created(
        "/v1/incidents/{id}/review/talk",
        reviews.write_talk,
        _VIEW,
        "Write down what was said",
        body=wire_reviews.WriteTalk,
    ),
    post(
        "/v1/incidents/{id}/review/closing",
        reviews.answer_closing,
        _VIEW,
        "Answer its closing questions",
        body=wire_reviews.AnswerClosing,
    ),
)
