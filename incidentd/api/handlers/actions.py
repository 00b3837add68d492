"""Similar incidents, and what is done after a review."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.action_contracts import ActionQuery
from incidentd.services.contracts import Calls
from incidentd.wire import action_exports as wire_exports
from incidentd.wire import review_records as wire_records
from incidentd.wire import review_similar as wire_similar


async def list_actions(calls: Calls, call: Call[Empty, queries.Actions]) -> wire_records.ActionPage:
    asked = {name: getattr(call.query, name) for name in ActionQuery.__struct_fields__}
    return await calls.review.actions.list(ActionQuery(**asked), call.actor)


async def get_action(calls: Calls, call: Read) -> wire_records.Action:
    return await calls.review.actions.get(call.id, call.actor)


async def write_action(calls: Calls, call: Call[wire_records.WriteAction, queries.Query]) -> wire_records.Action:
    return await calls.review.actions.write(call.id, call.body, call.actor)


async def edit_action(calls: Calls, call: Call[wire_records.EditAction, queries.Query]) -> wire_records.Action:
    return await calls.review.actions.edit(call.id, call.body, call.actor, call.if_version)


async def end_action(calls: Calls, call: Call[wire_records.EndAction, queries.Query]) -> wire_records.Action:
    return await calls.review.actions.end(call.id, call.body, call.actor, call.if_version)


async def export_action(calls: Calls, call: Call[wire_exports.ExportActions, queries.Query]) -> wire_records.Action:
    return await calls.review.exports.export(call.id, call.body, call.actor)


async def export_actions(
    calls: Calls, call: Call[wire_exports.ExportActions, queries.Query]
) -> wire_exports.ExportedActions:
    return await calls.review.exports.export_all(call.id, call.body, call.actor)


async def say_differs(
    calls: Calls, call: Call[wire_similar.SayDiffers, queries.Query]
) -> wire_similar.SimilarIncidents:
    return await calls.review.similar.differs(call.id, call.body, call.actor)
