"""The tables of calendars that say whose turn it is, and of what they say."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, String, Table, Text

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata, row_id

calendars = Table(
    "calendars",
    metadata,
    Column("schedule", String, nullable=False),
    Column("layer", String, nullable=False),
    Column("place", String, nullable=False),  # a digest of where it is read: another place is another calendar
    Column("content", Text, nullable=False),  # the last good copy
    Column("read_at", Instant),  # when that was
    Column("tried_at", Instant),
    Column("problem", Text, nullable=False),  # why the latest try failed, "" when it did not
    Column("unknown", Json, nullable=False),  # texts of events that name nobody in the roster
    Column("wanted", Boolean, nullable=False),  # to be read now
    PrimaryKeyConstraint("schedule", "layer"),
)

imported_shifts = Table(
    "imported_shifts",
    metadata,
    row_id(),
    Column("schedule", String, nullable=False),
    Column("layer", String, nullable=False),
    Column("person", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
)
Index("imported_shifts_ends", imported_shifts.c.ends_at)
