"""The learning library."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import followups as wire_followups
from incidentd.wire import library_import as wire_import


async def import_review(
    calls: Calls, call: Call[wire_import.ImportReview, queries.Query]
) -> wire_import.ImportedReview:
    return await calls.review.library.imports.take(call.body, call.actor)


async def get_followups(calls: Calls, call: Read) -> wire_followups.Followups:
    return await calls.review.library.followups.get(call.id, call.actor)


async def answer_followup(
    calls: Calls, call: Call[wire_followups.AnswerFollowup, queries.Query]
) -> wire_followups.Followups:
    return await calls.review.library.followups.answer(call.id, call.body, call.actor)
