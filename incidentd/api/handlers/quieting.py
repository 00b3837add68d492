"""Recurring silences, maintenance windows, and what they hide."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import quieting as wire_quieting


async def list_maintenance(calls: Calls, call: Call[Empty, queries.Maintenance]) -> wire_quieting.MaintenanceList:
    return await calls.maintenance.list(call.query.state)


async def get_maintenance(calls: Calls, call: Read) -> wire_quieting.Maintenance:
    return await calls.maintenance.get(call.id)


async def plan_maintenance(
    calls: Calls, call: Call[wire_quieting.PlanMaintenance, queries.Query]
) -> wire_quieting.Maintenance:
    return await calls.maintenance.plan(call.body, call.actor)


async def end_maintenance(calls: Calls, call: Read) -> wire_quieting.Maintenance:
    return await calls.maintenance.end(call.id, call.actor)


async def extend_maintenance(
    calls: Calls, call: Call[wire_quieting.ExtendMaintenance, queries.Query]
) -> wire_quieting.Maintenance:
    return await calls.maintenance.extend(call.id, call.body, call.actor)


async def list_recurring(calls: Calls, call: Read) -> wire_quieting.RecurringList:
    return await calls.recurring.list()


async def get_recurring(calls: Calls, call: Read) -> wire_quieting.Recurring:
    return await calls.recurring.get(call.id)


async def set_recurring(calls: Calls, call: Call[wire_quieting.SetRecurring, queries.Query]) -> wire_quieting.Recurring:
    return await calls.recurring.set(call.body, call.actor)


async def end_recurring(calls: Calls, call: Read) -> wire_quieting.Recurring:
    return await calls.recurring.end(call.id, call.actor)


async def preview_hiding(
    calls: Calls, call: Call[wire_quieting.PreviewHiding, queries.Query]
) -> wire_quieting.HidingPreview:
    return await calls.hiding.preview(call.body)
