"""The table of the hashes of incidents' events."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String, Table

from incidentd.storage.metadata import metadata

incident_chain = Table(
    "incident_chain",
    metadata,
    Column("incident_id", BigInteger, nullable=False),
    Column("n", Integer, nullable=False),  # from 1
    Column("seq", BigInteger, nullable=False),  # of the event
    Column("hash", String, nullable=False),  # SHA-256, hexadecimal
    PrimaryKeyConstraint("incident_id", "n"),
)
