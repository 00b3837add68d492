"""What happens before a review: its window, opening it early, and what people write for themselves."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import review_window as wire_review


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
