"""What is wrong with the installation, and how much is logged."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import upkeep as wire


async def examine(calls: Calls, call: Call[Empty, queries.Doctor]) -> wire.DoctorReport:
    return await calls.daemon.doctor(deep=call.query.deep)


async def get_log_level(calls: Calls, _: Read) -> wire.LogLevel:
    return calls.daemon.log_levels.now()


async def set_log_level(calls: Calls, call: Call[wire.SetLogLevel, queries.Query]) -> wire.LogLevel:
    return await calls.daemon.log_levels.set(call.body, call.actor)
