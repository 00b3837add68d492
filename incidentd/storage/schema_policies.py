"""The table of turns: who of a team was paged when."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String, Table

from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata

team_turns = Table(
    "team_turns",
    metadata,
    Column("team", String, nullable=False),
    Column("person", String, nullable=False),
    Column("number", BigInteger, nullable=False),  # of the latest turn, counted by team: no clock decides who is next
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("team", "person"),
)
