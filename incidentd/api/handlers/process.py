"""The process as a versioned thing."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.api.identity import Role
from incidentd.services.contracts import Calls
from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process

_Decide = Call[wire_process.DecideProcess, queries.Query]


async def get_now(calls: Calls, call: Read) -> wire_process.ProcessNow:
    return await calls.process.now()


async def list_versions(calls: Calls, call: Call[Empty, queries.ProcessVersions]) -> wire_process.ProcessVersions:
    return await calls.process.list(call.query.state, call.query.limit)


async def get_version(calls: Calls, call: Read) -> wire_process.WholeProcessVersion:
    return await calls.process.get(call.id)


async def propose(calls: Calls, call: Call[wire_process.ProposeProcess, queries.Query]) -> wire_process.ProcessVersion:
    return await calls.process.propose(call.body, call.actor, admin=call.caller.role >= Role.ADMIN)


async def adopt(calls: Calls, call: Call[wire_process.AdoptProcess, queries.Query]) -> wire_process.ProcessVersion:
    admin = call.caller.role >= Role.ADMIN
    return await calls.process.adopt(call.id, call.body, call.actor, call.if_version, admin=admin)


async def decline(calls: Calls, call: _Decide) -> wire_process.ProcessVersion:
    return await calls.process.decline(call.id, call.body, call.actor, call.if_version)


async def withdraw(calls: Calls, call: _Decide) -> wire_process.ProcessVersion:
    return await calls.process.withdraw(call.id, call.body, call.actor, call.if_version)


async def compare(
    calls: Calls, call: Call[wire_comparison.CompareProcesses, queries.Query]
) -> wire_comparison.ProcessComparison:
    return await calls.insights.processes.compare(call.body)
