"""The table of how large the store was, by which its growth is known."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table

from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata

store_sizes = Table(
    "store_sizes",
    metadata,
    Column("at", Instant, primary_key=True),
    Column("bytes", BigInteger, nullable=False),  # in use: what can be used again is not counted
)
