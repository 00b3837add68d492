"""Incidents."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd import wire
from incidentd.client.calls import Calls, query_string
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import updates as wire_updates


class IncidentCalls(Calls):
    """Coordinating a response."""

    async def incidents(
        self,
        *,
        state: str = "open",
        q: str = "",
        limit: int = 100,
        cursor: str = "",
        review: str = "",
        process: str = "",
    ) -> wire.IncidentPage:
        """`state` is open, closed or all; `review` how the review stands: waiting, open, soon, late, due.

        `process` is the version that they were declared under, V-3 or its hash.
        """
        query = query_string(state=state, q=q, limit=limit, cursor=cursor, review=review, process=process)
        return await self._get(f"/v1/incidents{query}", wire.IncidentPage)

    async def incident(self, incident_id: int) -> wire_incidents.IncidentDetail:
        return await self._get(f"/v1/incidents/{incident_id}", wire_incidents.IncidentDetail)

    async def declare(self, body: wire_incidents.DeclareIncident) -> wire.Incident:
        return await self._send("POST", "/v1/incidents", wire.Incident, body)

    async def edit_incident(
        self, incident_id: int, body: wire_incidents.EditIncident, *, if_version: int | None = None
    ) -> wire.Incident:
        return await self._send("PATCH", f"/v1/incidents/{incident_id}", wire.Incident, body, if_version=if_version)

    async def change_status(
        self, incident_id: int, body: wire_incidents.ChangeStatus, *, if_version: int | None = None
    ) -> wire.Incident:
        return await self._send(
            "POST", f"/v1/incidents/{incident_id}/status", wire.Incident, body, if_version=if_version
        )

    async def set_severity(
        self, incident_id: int, body: wire_incidents.SetSeverity, *, if_version: int | None = None
    ) -> wire.Incident:
        path = f"/v1/incidents/{incident_id}/severity"
        return await self._send("POST", path, wire.Incident, body, if_version=if_version)

    async def add_note(self, incident_id: int, body: wire_incidents.AddNote) -> wire.TimelineEntry:
        return await self._send("POST", f"/v1/incidents/{incident_id}/notes", wire.TimelineEntry, body)

    async def post_update(self, incident_id: int, body: wire_incidents.PostUpdate) -> wire.Update:
        return await self._send("POST", f"/v1/incidents/{incident_id}/updates", wire.Update, body)

    async def draft_update(
        self, incident_id: int, *, audience: str = "internal", phase: str = ""
    ) -> wire_updates.UpdateDraft:
        """`phase` "" is that of the status."""
        query = query_string(audience=audience, phase=phase)
        return await self._get(f"/v1/incidents/{incident_id}/updates/draft{query}", wire_updates.UpdateDraft)

    async def check_update(self, incident_id: int, body: wire_incidents.PostUpdate) -> wire_updates.CheckedUpdate:
        path = f"/v1/incidents/{incident_id}/updates/check"
        return await self._send("POST", path, wire_updates.CheckedUpdate, body)

    async def run_long(
        self, incident_id: int, body: wire_updates.RunLong, *, if_version: int | None = None
    ) -> wire.Incident:
        path = f"/v1/incidents/{incident_id}/long"
        return await self._send("POST", path, wire.Incident, body, if_version=if_version)

    async def link_alerts(self, incident_id: int, alert_ids: Sequence[int]) -> wire.Incident:
        body = wire_incidents.LinkAlerts(alert_ids=tuple(alert_ids))
        return await self._send("POST", f"/v1/incidents/{incident_id}/alerts", wire.Incident, body)

    async def unlink_alert(self, incident_id: int, alert_id: int) -> wire.Incident:
        return await self._send("DELETE", f"/v1/incidents/{incident_id}/alerts/{alert_id}", wire.Incident)

    async def timeline(self, incident_id: int) -> wire.Timeline:
        return await self._get(f"/v1/incidents/{incident_id}/timeline", wire.Timeline)
