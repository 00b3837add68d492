"""The room of an incident: presence, pins, and its room in a chat."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import chat as wire_chat
from incidentd.wire import pins as wire_pins
from incidentd.wire import presence as wire_presence


async def get_presence(calls: Calls, call: Call[Empty, queries.Presence]) -> wire_presence.Presence:
    return await calls.presence.who(call.id, call.query.after, call.query.wait)


async def be_present(calls: Calls, call: Call[wire_presence.BePresent, queries.Query]) -> wire_presence.Presence:
    return await calls.presence.say(call.id, call.body, call.actor)


async def pin(calls: Calls, call: Call[wire_pins.Pin, queries.Query]) -> wire.TimelineEntry:
    return await calls.pins.pin(call.id, call.body, call.actor)


async def open_chat(calls: Calls, call: Read) -> wire_chat.ChatRoom:
    return await calls.chat.open(call.id, call.actor)


async def archive_chat(calls: Calls, call: Read) -> wire_chat.ChatRoom:
    return await calls.chat.archive(call.id, call.actor)
