"""What the socket API asks of the life of incidents: what is proved and measured; a part of `contracts`."""

from __future__ import annotations

from typing import Protocol

from incidentd.wire import audit as wire_audit


class AuditCalls(Protocol):
    async def export(self, incident_id: int) -> wire_audit.Audit: ...
    async def head(self, incident_id: int) -> wire_audit.AuditHead: ...
