"""Schedules and their changes of the day."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import duty as wire_duty


async def list_schedules(calls: Calls, call: Call[Empty, queries.Schedules]) -> wire_duty.Schedules:
    return await calls.duty.schedules(call.query.schedule, call.query.starts_at, call.query.ends_at)


async def get_feed(calls: Calls, call: Read) -> wire_duty.FeedUrl:
    return await calls.feeds.url(call.names["kind"], call.names["name"])


async def revoke_feed(calls: Calls, call: Read) -> wire_duty.FeedUrl:
    return await calls.feeds.revoke(call.names["kind"], call.names["name"], call.actor)


async def set_override(calls: Calls, call: Call[wire_duty.SetOverride, queries.Query]) -> wire_duty.Override:
    return await calls.duty.set_override(call.body, call.actor)


async def edit_override(calls: Calls, call: Call[wire_duty.EditOverride, queries.Query]) -> wire_duty.Override:
    return await calls.duty.edit_override(call.id, call.body, call.actor, call.if_version)


async def end_override(calls: Calls, call: Read) -> wire_duty.Override:
    return await calls.duty.end_override(call.id, call.actor, call.if_version)


async def propose_swap(calls: Calls, call: Call[wire_duty.ProposeSwap, queries.Query]) -> wire_duty.Swap:
    return await calls.duty.propose_swap(call.body, call.actor)


async def settle_swap(calls: Calls, call: Call[wire_duty.SettleSwap, queries.Query]) -> wire_duty.Swap:
    return await calls.duty.settle_swap(call.id, call.body.to, call.actor, call.if_version)


async def set_absence(calls: Calls, call: Call[wire_duty.SetAbsence, queries.Query]) -> wire_duty.Absence:
    return await calls.duty.set_absence(call.body, call.actor)


async def end_absence(calls: Calls, call: Read) -> wire_duty.Absence:
    return await calls.duty.end_absence(call.id, call.actor, call.if_version)


async def preview(calls: Calls, call: Call[wire_duty.PreviewDuty, queries.Query]) -> wire_duty.DutyPreview:
    return await calls.duty.preview(call.body, call.actor)
