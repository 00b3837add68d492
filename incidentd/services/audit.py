"""The audit export: an incident's events as the log has them now, with the hashes that they had when written."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.domain.audit import plain
from incidentd.services.incident_views import existing
from incidentd.storage import audit_chain, event_log
from incidentd.storage.store import Store
from incidentd.wire.audit import FORMAT, Audit, AuditHead, AuditRecord


class Audits:
    """Implements `contracts.AuditCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def export(self, incident_id: int) -> Audit:
        """The chain with its events; a record whose event is gone says so. Raises `NotFound`."""
        now = self._store.clock.now()

        def read(conn: Connection) -> Audit:
            subject = existing(conn, incident_id).subject
            events = {one.seq: plain(one) for one in event_log.of_subjects(conn, [subject])}
            chain = audit_chain.of_incident(conn, incident_id)
            records = tuple(AuditRecord(n=n, hash=digest, event=events.get(seq)) for n, seq, digest in chain)
            count, head = audit_chain.head(conn, incident_id)
            return Audit(
                incident_id=incident_id, format=FORMAT, exported_at=now, records=records, count=count, head=head
            )

        return await self._store.read(read)

    async def head(self, incident_id: int) -> AuditHead:
        """How long the chain is, and its last hash. Raises `NotFound`."""

        def read(conn: Connection) -> AuditHead:
            count, head = audit_chain.head(conn, existing(conn, incident_id).id)
            return AuditHead(incident_id=incident_id, count=count, head=head)

        return await self._store.read(read)
