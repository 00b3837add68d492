"""The workshop of a review."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import reviews as wire_reviews


async def list_reviews(calls: Calls, call: Call[Empty, queries.Reviews]) -> wire_reviews.ReviewPage:
    return await calls.review.workshops.list(call.query.state, call.query.limit, call.query.cursor)


async def get_review(calls: Calls, call: Read) -> wire_reviews.ReviewView:
    return await calls.review.workshops.get(call.id, call.actor)


async def start_review(calls: Calls, call: Call[wire_reviews.StartReview, queries.Query]) -> wire_reviews.ReviewView:
    return await calls.review.workshops.start(call.id, call.body, call.actor)


async def drive_review(calls: Calls, call: Call[wire_reviews.DriveReview, queries.Query]) -> wire_reviews.ReviewView:
    return await calls.review.acts.drive(call.id, call.body, call.actor, call.if_version)


async def participate(calls: Calls, call: Call[wire_reviews.Participate, queries.Query]) -> wire_reviews.ReviewView:
    return await calls.review.acts.participate(call.id, call.body, call.actor)


async def write_talk(calls: Calls, call: Call[wire_reviews.WriteTalk, queries.Query]) -> wire_reviews.ReviewView:
    return await calls.review.acts.talk(call.id, call.body, call.actor)


async def answer_closing(
    calls: Calls, call: Call[wire_reviews.AnswerClosing, queries.Query]
) -> wire_reviews.ReviewView:
    return await calls.review.acts.answer(call.id, call.body, call.actor)
