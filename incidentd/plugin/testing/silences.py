"""Silences in memory, as the daemon lends them to an adapter."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from incidentd.domain.silences import BadSilence, Silence, Status, can_change, check, expired
from incidentd.plugin.values import BadRequest


class _Now(Protocol):
    def now(self) -> datetime: ...


class MemorySilences:
    """A `SilenceBook` that forgets nothing; the rules are the daemon's."""

    def __init__(self, clock: _Now) -> None:
        self._clock = clock
        self.kept: dict[str, Silence] = {}

    async def list(self) -> Sequence[Silence]:
        """All of them, the next to end first."""
        return sorted(self.kept.values(), key=lambda one: (one.ends_at, one.id))

    async def get(self, silence_id: str) -> Silence | None:
        """One silence."""
        return self.kept.get(silence_id)

    async def set(self, silence: Silence) -> Silence:
        """Set or change a silence. Raises `BadRequest`."""
        now = self._clock.now()
        old = self._existing(silence.id) if silence.id else None
        if old is not None and can_change(old, silence, now):
            return self._keep(silence, now)
        if old is not None:
            self.kept[old.id] = expired(old, now)
        starts_at = max(silence.starts_at, now)
        return self._keep(msgspec.structs.replace(silence, id=str(uuid.uuid4()), starts_at=starts_at), now)

    async def expire(self, silence_id: str, by: str) -> None:
        """End a silence. Raises `BadRequest`."""
        silence, now = self._existing(silence_id), self._clock.now()
        if silence.status(now) is Status.EXPIRED:
            raise BadRequest("it has ended already", field="id", status=409)
        self.kept[silence_id] = expired(silence, now)

    def _existing(self, silence_id: str) -> Silence:
        if silence_id not in self.kept:
            raise BadRequest("there is no such silence", field="id", status=404)
        return self.kept[silence_id]

    def _keep(self, silence: Silence, now: datetime) -> Silence:
        try:
            check(silence, now)
        except BadSilence as error:
            raise BadRequest(str(error), field=error.field) from error
        self.kept[silence.id] = msgspec.structs.replace(silence, updated_at=now)
        return self.kept[silence.id]
