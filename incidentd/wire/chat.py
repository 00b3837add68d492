"""The room of an incident in a chat."""

from __future__ import annotations

from incidentd.wire.base import Frozen, Instant


class ChatRoom(Frozen, frozen=True):
    id: int
    incident_id: int
    channel: str  # an instance of [channels]
    name: str
    state: str  # opening | open | failed | archiving | archived
    url: str  # "" until it is open
    error: str  # what failed last in it
    opened_by: str
    opened_at: Instant
    archived_at: Instant | None = None
