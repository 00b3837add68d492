"""What a command gets: the connection, the present, and the ways to leave events, timers and wake-ups."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from incidentd.wire import Event

SYSTEM = "system"


class Wake(enum.Enum):
    """Who has work after a commit."""

    ROUTER = enum.auto()
    TIMERS = enum.auto()
    DELIVERIES = enum.auto()


class NewEvent:
    """An event before it has its seq."""

    __slots__ = ("actor", "at", "data", "kind", "subject")

    def __init__(self, at: datetime, actor: str, kind: str, subject: str, data: Mapping[str, Any]) -> None:
        self.at = at
        self.actor = actor
        self.kind = kind
        self.subject = subject
        self.data = data

    def numbered(self, seq: int) -> Event:
        """The event as the log keeps it."""
        return Event(seq=seq, at=self.at, actor=self.actor, kind=self.kind, subject=self.subject, data=self.data)


class Tx:
    """One batch's transaction. A command may be run again from the start, so it must touch nothing but the store."""

    __slots__ = ("conn", "events", "now", "wakes")

    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn = conn
        self.now = now
        self.events: list[NewEvent] = []
        self.wakes: set[Wake] = set()

    def emit(
        self,
        kind: str,
        subject: str,
        data: Mapping[str, Any] | None = None,
        *,
        actor: str = SYSTEM,
        at: datetime | None = None,
    ) -> None:
        """Append to the event log. The seq is given just before the commit, so that no reader ever misses one."""
        self.events.append(NewEvent(at or self.now, actor, kind, subject, data or {}))

    def wake(self, who: Wake) -> None:
        """Wake a worker once the commit is durable."""
        self.wakes.add(who)

    @property
    def is_postgresql(self) -> bool:
        return self.conn.dialect.name == "postgresql"
