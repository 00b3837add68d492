"""The table of the nodes that share this database."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, Text

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata

nodes = Table(
    "nodes",
    metadata,
    Column("id", String, primary_key=True),  # its name and its state directory
    Column("name", String, nullable=False),
    Column("run", String, nullable=False),  # another one at each start
    Column("host", String, nullable=False),
    Column("version", String, nullable=False),
    Column("schema", String, nullable=False),  # the newest that it knows
    Column("api_version", String, nullable=False),
    Column("process", String, nullable=False),  # V-3
    Column("addresses", Json, nullable=False),
    Column("alike", Json, nullable=False),  # {part of the configuration: hash}
    Column("clock_offset", BigInteger, nullable=False),  # microseconds that its clock is ahead of the database's
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("stopped_at", Instant),
    Column("gone_at", Instant),
    Column("contested_by", Text, nullable=False),
    Column("contested_at", Instant),
)
