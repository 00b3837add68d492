"""The table of monthly letters."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata

letters = Table(
    "letters",
    metadata,
    Column("month", String, primary_key=True),  # 2026-03
    Column("due_at", Instant, nullable=False),
    Column("sent_at", Instant),  # None: it is to be composed and sent
    Column("title", String, nullable=False),
    Column("text", Text, nullable=False),  # as it was sent
    Column("markdown", Text, nullable=False),
    Column("audiences", Json, nullable=False),  # to whom it was sent, as the process named them
    Column("readers", Integer, nullable=False),
)
