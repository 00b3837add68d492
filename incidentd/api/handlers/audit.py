"""The audit export of an incident."""

from __future__ import annotations

from incidentd.api.call import Read
from incidentd.services.contracts import Calls
from incidentd.wire.audit import Audit, AuditHead


async def export_audit(calls: Calls, call: Read) -> Audit:
    return await calls.audits.export(call.id)


async def audit_head(calls: Calls, call: Read) -> AuditHead:
    return await calls.audits.head(call.id)
