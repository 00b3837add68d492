"""The tables of rehearsals: what was rehearsed with which matrix, and what each person said about each card."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, PrimaryKeyConstraint, String, Table

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata, row_id

rehearsals = Table(
    "rehearsals",
    metadata,
    row_id(),
    Column("title", String, nullable=False),
    Column("started_by", String, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("cards", Json, nullable=False),  # as they were then: [{id, title, text, source}]
    Column("matrix", Json, nullable=False),  # as it was then
)

rehearsal_calls = Table(
    "rehearsal_calls",
    metadata,
    Column("rehearsal_id", BigInteger, ForeignKey("rehearsals.id"), nullable=False),
    Column("card", String, nullable=False),
    Column("person", String, nullable=False),
    Column("answers", Json, nullable=False),
    Column("level", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("rehearsal_id", "card", "person"),
)
