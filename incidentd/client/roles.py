"""Roles of an incident."""

from __future__ import annotations

from incidentd import wire
from incidentd.client.calls import Calls
from incidentd.wire import checklists as wire_checklists
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import roles as wire_roles


class RoleCalls(Calls):
    """Who does what in a response."""

    async def assign_role(
        self, incident_id: int, body: wire_incidents.AssignRole, *, if_version: int | None = None
    ) -> wire.Incident:
        path = f"/v1/incidents/{incident_id}/roles"
        return await self._send("POST", path, wire.Incident, body, if_version=if_version)

    async def role_note(self, incident_id: int, role: str) -> wire_roles.RoleNote:
        """What to hand over with a role, as the room knows it."""
        return await self._get(f"/v1/incidents/{incident_id}/roles/{role}/note", wire_roles.RoleNote)

    async def checklist(self, incident_id: int) -> wire_checklists.Checklist:
        return await self._get(f"/v1/incidents/{incident_id}/checklist", wire_checklists.Checklist)

    async def tick(self, incident_id: int, item: str, *, done: bool = True) -> wire_checklists.Checklist:
        """Tick an item of the checklist off, or take that back."""
        path, body = f"/v1/incidents/{incident_id}/checklist/{item}", wire_checklists.Tick(done=done)
        return await self._send("POST", path, wire_checklists.Checklist, body)

    async def page_role(self, incident_id: int, role: str, body: wire_roles.PageRole) -> wire.Page:
        """Page whoever holds a role, or those who may take it."""
        return await self._send("POST", f"/v1/incidents/{incident_id}/roles/{role}/page", wire.Page, body)
