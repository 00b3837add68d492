"""The learning library."""

from __future__ import annotations

import msgspec

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.services.library_contracts import LibraryQuery
from incidentd.wire import followups as wire_followups
from incidentd.wire import library as wire_library
from incidentd.wire import library_figures as wire_figures
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


async def search(calls: Calls, call: Call[Empty, queries.Library]) -> wire_library.LibraryPage:
    query = LibraryQuery(**msgspec.structs.asdict(call.query))
    return await calls.review.library.search.search(query, call.actor)


async def read_review(calls: Calls, call: Read) -> wire_library.LibraryEntry:
    return await calls.review.library.reading.read(call.id, call.actor)


async def list_uses(calls: Calls, call: Call[Empty, queries.LibraryUses]) -> wire_library.Uses:
    return await calls.review.library.uses.list(call.query.subject, call.actor)


async def record_use(calls: Calls, call: Call[wire_library.RecordUse, queries.Query]) -> wire_library.Use:
    return await calls.review.library.uses.record(call.body, call.actor)


async def suggested_uses(calls: Calls, call: Read) -> wire_library.SuggestedUses:
    return await calls.review.library.uses.suggested(call.id, call.actor)


async def figures(calls: Calls, call: Call[Empty, queries.LibraryFigures]) -> wire_figures.LibraryFigures:
    return await calls.review.library.figures.get(call.query.since, call.query.until, call.actor)


async def digest(calls: Calls, _: Read) -> wire_library.Digest:
    return await calls.review.library.digests.preview()
