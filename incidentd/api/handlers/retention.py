"""Retention, legal holds, and the check of the log."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import retention as wire_retention


async def get_retention(calls: Calls, _: Read) -> wire_retention.RetentionPolicy:
    return await calls.operations.retention.show()


async def get_preview(calls: Calls, _: Read) -> wire_retention.RetentionPreview:
    return await calls.operations.retention.preview()


async def start_run(calls: Calls, call: Call[Empty, queries.Query]) -> wire_retention.RetentionRun:
    return await calls.operations.retention.run(call.actor)


async def list_holds(calls: Calls, call: Call[Empty, queries.Holds]) -> wire_retention.HoldList:
    return await calls.operations.holds.list(released=call.query.state == "all")


async def get_hold(calls: Calls, call: Read) -> wire_retention.Hold:
    return await calls.operations.holds.get(call.id)


async def add_hold(calls: Calls, call: Call[wire_retention.AddHold, queries.Query]) -> wire_retention.Hold:
    return await calls.operations.holds.add(call.body, call.actor)


async def release_hold(calls: Calls, call: Call[wire_retention.ReleaseHold, queries.Query]) -> wire_retention.Hold:
    return await calls.operations.holds.release(call.id, call.body, call.actor)


async def erase_customer(
    calls: Calls, call: Call[wire_retention.EraseCustomer, queries.Query]
) -> wire_retention.ErasedCustomer:
    return await calls.operations.erasing.erase(call.id, call.body, call.actor)


async def check_log(calls: Calls, _: Read) -> wire_retention.LogCheck:
    return await calls.operations.log.check()
