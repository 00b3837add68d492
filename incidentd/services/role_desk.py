"""Roles of an incident as callers ask for them."""

from __future__ import annotations

from collections.abc import Callable

from incidentd import wire
from incidentd.domain.process import Process
from incidentd.services.incident_roles import role_named
from incidentd.services.incident_views import Seen, existing
from incidentd.services.pages import views
from incidentd.services.role_notes import note_of
from incidentd.services.role_pages import RolePages
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import roles as wire_roles


class RoleDesk:
    """Implements `contracts.RoleCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], role_pages: RolePages) -> None:
        self._store = store
        self._role_pages = role_pages
        self._process = process

    async def note(self, incident_id: int, role: str) -> wire_roles.RoleNote:
        """What to hand over with a role, filled in. Raises `NotFound` and `Invalid`."""
        role_named(role)
        now, process = self._store.clock.now(), self._process()
        return await self._store.read(
            lambda conn: note_of(Seen(conn=conn, now=now, process=process), incident_id, role)
        )

    async def page(self, incident_id: int, role: str, body: wire_roles.PageRole, actor: str) -> wire.Page:
        """Page whoever holds a role, or those who may take it. Raises `NotFound`, `Invalid` and `Conflict`."""

        def command(tx: Tx) -> wire.Page:
            incident = existing(tx.conn, incident_id, lock=True)
            return views(tx.conn, [self._role_pages.page(tx, incident, role, body, actor)], actor)[0]

        return await self._store.write(command)
