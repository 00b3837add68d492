"""The audit export of an incident, on the wire and in a file; `incidentd.domain.audit` has the rule of the hashes."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.wire.base import Frozen, Instant

FORMAT = "incidentd-audit/1"
"""The name and version of the file."""


class AuditRecord(Frozen, frozen=True):
    """One event and its hash, as it was made when the event was written."""

    n: int  # from 1
    hash: str
    event: Mapping[str, object] | None  # None: the log no longer has it


class AuditHeader(Frozen, frozen=True):
    """The first line of a file."""

    format: str
    incident_id: int
    exported_at: Instant


class AuditTrailer(Frozen, frozen=True):
    """The last line of a file."""

    count: int
    head: str  # the hash of the last record, 64 zeros when there is none


class AuditHead(Frozen, frozen=True):
    """What is worth keeping elsewhere: so many events, and the hash that covers them all."""

    incident_id: int
    count: int
    head: str


class Audit(AuditHead, frozen=True):
    """All records, oldest first."""

    format: str
    exported_at: Instant
    records: tuple[AuditRecord, ...]
