"""The routes of the incident room: who is in it, and which moments of its timeline count; a part of `routes`."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.handlers import room
from incidentd.api.identity import Role
from incidentd.api.route import Route, created, get, post
from incidentd.wire import chat as wire_chat
from incidentd.wire import pins as wire_pins
from incidentd.wire import presence as wire_presence

ROOM_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/incidents/{id}/presence",
        room.get_presence,
        wire_presence.Presence,
        "Who is in the room; with `wait`, once that changes",
        query=queries.Presence,
    ),
    # Who only looks is there, too.
    Route(
        method="POST",
        path="/v1/incidents/{id}/presence",
        handler=room.be_present,
        role=Role.VIEWER,
        answer=wire_presence.Presence,
        summary="Say that you are in the room (every 10 s), what you do there, or that you leave",
        body=wire_presence.BePresent,
    ),
    post(
        "/v1/incidents/{id}/pins",
        room.pin,
        wire.TimelineEntry,
        "Pin an entry of the timeline, or take the pin off",
        body=wire_pins.Pin,
    ),
    created("/v1/incidents/{id}/chat", room.open_chat, wire_chat.ChatRoom, "Open a room in the chat"),
    post("/v1/incidents/{id}/chat/archive", room.archive_chat, wire_chat.ChatRoom, "Archive its room in the chat"),
)
