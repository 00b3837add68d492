"""Modes: who is in support and who on project work, and how that is protected."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call
from incidentd.services.contracts import Calls
from incidentd.wire import modes as wire_modes
from incidentd.wire import protection as wire_protection


async def list_modes(calls: Calls, call: Call[Empty, queries.Modes]) -> wire_modes.Modes:
    return await calls.modes.list(call.query.team, call.query.starts_at, call.query.ends_at)


async def set_mode(calls: Calls, call: Call[wire_modes.SetMode, queries.Query]) -> wire_modes.ModeBlock:
    return await calls.modes.set(call.body, call.actor)


async def change_mode(calls: Calls, call: Call[wire_modes.ChangeMode, queries.Query]) -> wire_modes.ModeBlock:
    return await calls.modes.change(call.id, call.body, call.actor, call.if_version)


async def split_mode(calls: Calls, call: Call[wire_modes.SplitMode, queries.Query]) -> wire_modes.ModeSplit:
    return await calls.modes.split(call.id, call.body, call.actor, call.if_version)


async def end_mode(calls: Calls, call: Call[wire_modes.EndMode, queries.Query]) -> wire_modes.ModeBlock:
    return await calls.modes.end(call.id, call.body.reason, call.actor, call.if_version)


async def preview_plan(calls: Calls, call: Call[Empty, queries.ModePlan]) -> wire_modes.ModePlan:
    query = call.query
    return await calls.mode_plans.preview(call.names["team"], query.starts_at, query.weeks, query.replace)


async def apply_plan(calls: Calls, call: Call[wire_modes.ApplyModePlan, queries.Query]) -> wire_modes.ModePlan:
    return await calls.mode_plans.apply(call.names["team"], call.body, call.actor)


async def list_interruptions(calls: Calls, call: Call[Empty, queries.Interruptions]) -> wire_protection.Interruptions:
    return await calls.interruptions.list(call.query.team, call.query.days)


async def record_interruption(
    calls: Calls, call: Call[wire_protection.RecordInterruption, queries.Query]
) -> wire_protection.Interruption:
    return await calls.interruptions.record(call.body, call.actor)


async def withdraw_interruption(
    calls: Calls, call: Call[wire_protection.WithdrawInterruption, queries.Query]
) -> wire_protection.Interruption:
    return await calls.interruptions.withdraw(call.id, call.body.note, call.actor)


async def get_protection(calls: Calls, call: Call[Empty, queries.Protection]) -> wire_protection.Protection:
    return await calls.protection.measure(call.names["team"], call.query.weeks)
