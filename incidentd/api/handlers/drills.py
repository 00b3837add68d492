"""Drills."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import drills as wire_drills


async def list_drills(calls: Calls, call: Read) -> wire_drills.DrillList:
    return await calls.drills.list()


async def start_drill(calls: Calls, call: Call[wire_drills.StartDrill, queries.Query]) -> wire_drills.Drill:
    return await calls.drills.start(call.body, call.actor)


async def get_drill(calls: Calls, call: Read) -> wire_drills.Drill:
    return await calls.drills.get(call.id)


async def stop_drill(calls: Calls, call: Read) -> wire_drills.Drill:
    return await calls.drills.stop(call.id, call.actor)


async def resume_drill(calls: Calls, call: Read) -> wire_drills.Drill:
    return await calls.drills.resume(call.id, call.actor)
