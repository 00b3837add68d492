"""Handovers at the end of duty blocks."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import handover as wire_handover


async def list_handovers(calls: Calls, call: Call[Empty, queries.Handovers]) -> wire_handover.HandoverList:
    person = call.actor if call.query.mine else call.query.person
    return await calls.handovers.list(call.query.state, call.query.schedule, person)


async def get_handover(calls: Calls, call: Read) -> wire_handover.Handover:
    return await calls.handovers.get(call.id)


async def edit_handover(calls: Calls, call: Call[wire_handover.EditHandover, queries.Query]) -> wire_handover.Handover:
    return await calls.handovers.edit(call.id, call.body.surprises, call.actor, call.if_version)


async def send_handover(calls: Calls, call: Call[wire_handover.SendHandover, queries.Query]) -> wire_handover.Handover:
    return await calls.handovers.send(call.id, call.body.surprises, call.actor, call.if_version)


async def accept_handover(calls: Calls, call: Read) -> wire_handover.Handover:
    return await calls.handovers.accept(call.id, call.actor, call.if_version)
