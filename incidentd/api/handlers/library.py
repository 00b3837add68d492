"""The learning library."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call
from incidentd.services.contracts import Calls
from incidentd.wire import library_import as wire_import


async def import_review(
    calls: Calls, call: Call[wire_import.ImportReview, queries.Query]
) -> wire_import.ImportedReview:
    return await calls.review.library.imports.take(call.body, call.actor)
