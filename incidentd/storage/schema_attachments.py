"""The tables of what is attached to incidents. The same content is kept once, whoever attaches it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata, row_id

file_contents = Table(
    "file_contents",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

incident_attachments = Table(
    "incident_attachments",
    metadata,
    row_id(),
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String, ForeignKey("file_contents.sha256"), nullable=False),
    Column("note", Text, nullable=False),
    Column("source", String, nullable=False),  # R-4 when it came from a report
)
Index("incident_attachments_incident", incident_attachments.c.incident_id)
Index("incident_attachments_sha256", incident_attachments.c.sha256)
