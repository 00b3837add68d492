"""Groups of alerts, one alert in full, and one act on many."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import bulk as wire_bulk
from incidentd.wire import groups as wire_groups


async def list_groups(calls: Calls, call: Call[Empty, queries.Groups]) -> wire_groups.GroupPage:
    return await calls.groups.list(call.query.service, call.query.limit, call.query.cursor)


async def get_group(calls: Calls, call: Call[Empty, queries.Members]) -> wire_groups.GroupMembers:
    return await calls.groups.members(call.id, call.query.limit, call.query.cursor)


async def get_detail(calls: Calls, call: Read) -> wire_groups.AlertDetail:
    return await calls.details.detail(call.id, call.actor)


async def act_on_alerts(calls: Calls, call: Call[wire_bulk.BulkAlerts, queries.Query]) -> wire_bulk.BulkOutcome:
    return await calls.bulk.alerts(call.body, call.actor)
