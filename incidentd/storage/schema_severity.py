"""The table of classifications: one row for each incident that was ever classified; the log has the earlier ones."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata

classifications = Table(
    "classifications",
    metadata,
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("answers", Json, nullable=False),  # {question: answer or "unknown"}
    Column("level", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("rule_text", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("process_version", String, nullable=False),
)
