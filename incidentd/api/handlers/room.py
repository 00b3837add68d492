"""The room of an incident: presence and pins."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call
from incidentd.services.contracts import Calls
from incidentd.wire import pins as wire_pins
from incidentd.wire import presence as wire_presence


async def get_presence(calls: Calls, call: Call[Empty, queries.Presence]) -> wire_presence.Presence:
    return await calls.presence.who(call.id, call.query.after, call.query.wait)


async def be_present(calls: Calls, call: Call[wire_presence.BePresent, queries.Query]) -> wire_presence.Presence:
    return await calls.presence.say(call.id, call.body, call.actor)


async def pin(calls: Calls, call: Call[wire_pins.Pin, queries.Query]) -> wire.TimelineEntry:
    return await calls.pins.pin(call.id, call.body, call.actor)
