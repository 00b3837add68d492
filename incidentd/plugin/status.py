"""What customers may know of incidents, for plugins that publish it. Since API version 1.6."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec


class PublicUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """An update that was written for customers, in its exact text."""

    at: datetime
    phase: str  # investigating | identified | monitoring | resolved
    text: str
    next_at: datetime | None  # when the next one was promised for; None: no promise
    id: int = 0  # the same for ever; what `Subscribers.publish` takes. Since API version 1.8


class PublicIncident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that customers were told of. Its summary, severity, people and internal updates are not here.

    `title` is the one that was written for customers, never the internal one. Since API version 1.8.

    `service` is the name in the roster, which is yours: publish it in the words of your customers, or not at all.
    """

    id: int
    service: str  # "" where none was named
    over: bool  # the last update says that it is resolved, or it was closed, merged or found to be a false alarm
    continued_in: int | None  # the incident that it was merged into
    updates: tuple[PublicUpdate, ...]  # at least one, oldest first
    title: str = ""  # "" where none was written


class StatusReader(Protocol):
    """Read access to what customers were told."""

    async def incidents(self, since: datetime) -> Sequence[PublicIncident]:
        """The incidents that are not over, and those with an update for customers at or after `since`, newest first.

        Drills, and what people keep off the page, are left out; at most 500. Raises `StoreUnavailable`.
        """
        ...
