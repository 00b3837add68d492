"""The timeline of a review."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import review_timeline as wire_timeline


async def get_review_timeline(calls: Calls, call: Read) -> wire_timeline.Walk:
    return await calls.review.timelines.timeline(call.id)


async def add_entry(calls: Calls, call: Call[wire_timeline.WriteEntry, queries.Query]) -> wire_timeline.CuratedEntry:
    return await calls.review.timelines.add(call.id, call.body, call.actor)


async def edit_entry(calls: Calls, call: Call[wire_timeline.EditEntry, queries.Query]) -> wire_timeline.CuratedEntry:
    return await calls.review.timelines.edit(call.id, call.ids["entry_id"], call.body, call.actor, call.if_version)


async def withdraw_entry(calls: Calls, call: Read) -> wire_timeline.CuratedEntry:
    return await calls.review.timelines.withdraw(call.id, call.ids["entry_id"], call.actor)


async def group_entries(calls: Calls, call: Call[wire_timeline.GroupEntries, queries.Query]) -> wire_timeline.Walk:
    return await calls.review.timelines.group(call.id, call.body, call.actor)
