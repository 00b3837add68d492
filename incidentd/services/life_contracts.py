"""What the socket API asks of the life of incidents: what is proved and measured; a part of `contracts`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from incidentd import wire
from incidentd.wire import audit as wire_audit
from incidentd.wire import life as wire_life
from incidentd.wire.export import IncidentExport
from incidentd.wire.measures import Measures


class AuditCalls(Protocol):
    async def export(self, incident_id: int) -> wire_audit.Audit: ...
    async def head(self, incident_id: int) -> wire_audit.AuditHead: ...


class LifeCalls(Protocol):
    async def export(self, incident_id: int, viewer: str) -> IncidentExport: ...
    async def measures(self, incident_id: int, as_of: datetime | None) -> Measures: ...
    async def correct(
        self, incident_id: int, body: wire_life.CorrectTime, actor: str, if_version: int | None
    ) -> wire.Incident: ...
    async def split(self, incident_id: int, body: wire_life.SplitIncident, actor: str) -> wire.Incident: ...
    async def resemble(self, incident_id: int, body: wire_life.Resembles, actor: str) -> wire.Incident: ...
    async def resemble_no_more(self, incident_id: int, other_id: int, actor: str) -> wire.Incident: ...
