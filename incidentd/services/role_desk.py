"""Roles of an incident as callers ask for them."""

from __future__ import annotations

from collections.abc import Callable

from incidentd.domain.process import Process
from incidentd.services.incident_roles import role_named
from incidentd.services.incident_views import Seen
from incidentd.services.role_notes import note_of
from incidentd.storage.store import Store
from incidentd.wire import roles as wire_roles


class RoleDesk:
    """Implements `contracts.RoleCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process]) -> None:
        self._store = store
        self._process = process

    async def note(self, incident_id: int, role: str) -> wire_roles.RoleNote:
        """What to hand over with a role, filled in. Raises `NotFound` and `Invalid`."""
        role_named(role)
        now, process = self._store.clock.now(), self._process()
        return await self._store.read(
            lambda conn: note_of(Seen(conn=conn, now=now, process=process), incident_id, role)
        )
