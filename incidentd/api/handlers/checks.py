"""Checks: heartbeats and probes."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import checks as wire_checks


async def list_checks(calls: Calls, call: Call[Empty, queries.Checks]) -> wire_checks.CheckList:
    return await calls.checks.list(call.query.kind, call.query.status)


async def get_check(calls: Calls, call: Read) -> wire_checks.Check:
    return await calls.checks.get(call.names["check"])


async def get_check_url(calls: Calls, call: Read) -> wire_checks.CheckUrl:
    return await calls.checks.url(call.names["check"])


async def pause_check(calls: Calls, call: Call[wire_checks.PauseCheck, queries.Query]) -> wire_checks.Check:
    return await calls.checks.pause(call.names["check"], call.body.note, call.actor)


async def resume_check(calls: Calls, call: Read) -> wire_checks.Check:
    return await calls.checks.resume(call.names["check"], call.actor)


async def delete_check(calls: Calls, call: Read) -> wire_checks.Check:
    return await calls.checks.delete(call.names["check"], call.actor)
