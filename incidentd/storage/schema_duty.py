"""The tables of changes of the day (overrides, swaps and absences) and of modes."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata, row_id

overrides = Table(
    "overrides",
    metadata,
    row_id(),
    Column("schedule", String, nullable=False),
    Column("person", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("overrides_ends", overrides.c.ends_at)

swaps = Table(
    "swaps",
    metadata,
    row_id(),
    Column("schedule", String, nullable=False),
    Column("person", String, nullable=False),
    Column("other", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("other_starts_at", Instant, nullable=False),
    Column("other_ends_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("swaps_ends", swaps.c.ends_at)

absences = Table(
    "absences",
    metadata,
    row_id(),
    Column("person", String, nullable=False),
    Column("stand_in", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("absences_ends", absences.c.ends_at)

mode_blocks = Table(
    "mode_blocks",
    metadata,
    row_id(),
    Column("person", String, nullable=False),
    Column("mode", String, nullable=False),  # support | project
    Column("reason", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("mode_blocks_ends", mode_blocks.c.ends_at)
