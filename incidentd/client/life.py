"""What becomes of an incident beside its status."""

from __future__ import annotations

from incidentd import wire
from incidentd.client.calls import Calls
from incidentd.wire import audit as wire_audit
from incidentd.wire import life as wire_life
from incidentd.wire.export import IncidentExport
from incidentd.wire.measures import Measures


class LifeCalls(Calls):
    """Corrections of times, measures, splits, and what resembles what."""

    async def measures(self, incident_id: int) -> Measures:
        return await self._get(f"/v1/incidents/{incident_id}/measures", Measures)

    async def correct_time(self, incident_id: int, body: wire_life.CorrectTime) -> wire.Incident:
        return await self._send("POST", f"/v1/incidents/{incident_id}/corrections", wire.Incident, body)

    async def split(self, incident_id: int, body: wire_life.SplitIncident) -> wire.Incident:
        """The new incident."""
        return await self._send("POST", f"/v1/incidents/{incident_id}/split", wire.Incident, body)

    async def resemble(self, incident_id: int, body: wire_life.Resembles) -> wire.Incident:
        return await self._send("POST", f"/v1/incidents/{incident_id}/resembles", wire.Incident, body)

    async def resemble_no_more(self, incident_id: int, other_id: int) -> wire.Incident:
        return await self._send("DELETE", f"/v1/incidents/{incident_id}/resembles/{other_id}", wire.Incident)

    async def export_incident(self, incident_id: int) -> IncidentExport:
        """Everything about it, as JSON has it."""
        return await self._get(f"/v1/incidents/{incident_id}/export", IncidentExport)

    async def audit(self, incident_id: int) -> wire_audit.Audit:
        """Every event with its hash."""
        return await self._get(f"/v1/incidents/{incident_id}/audit", wire_audit.Audit)

    async def audit_head(self, incident_id: int) -> wire_audit.AuditHead:
        """The hash that covers all events."""
        return await self._get(f"/v1/incidents/{incident_id}/audit/head", wire_audit.AuditHead)
