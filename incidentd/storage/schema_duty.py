"""The tables of changes of the day (overrides, swaps and absences) of modes and of interruptions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, text

from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata, row_id
from incidentd.storage.schema import events


def _entry() -> tuple[Column[Any], ...]:
    """What somebody entered for a time, and may take back: why, who, from when to when, and since when it stands."""
    return (
        Column("reason", Text, nullable=False),
        Column("by", String, nullable=False),
        Column("starts_at", Instant, nullable=False),
        Column("ends_at", Instant, nullable=False),
        Column("at", Instant, nullable=False),
        Column("cancelled", Boolean, nullable=False),
        Column("version", Integer, nullable=False),
    )


overrides = Table(
    "overrides",
    metadata,
    row_id(),
    Column("schedule", String, nullable=False),
    Column("person", String, nullable=False),
    *_entry(),
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
    *_entry(),
)
Index("absences_ends", absences.c.ends_at)

mode_blocks = Table(
    "mode_blocks",
    metadata,
    row_id(),
    Column("person", String, nullable=False),
    Column("mode", String, nullable=False),  # support | project
    *_entry(),
    Column("process_version", String, nullable=False, server_default=""),
)
Index("mode_blocks_ends", mode_blocks.c.ends_at)

interruptions = Table(
    "interruptions",
    metadata,
    row_id(),
    Column("person", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("subject", String, nullable=False),  # such as page:3; "" for what has no record
    Column("service", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
)
Index("interruptions_at", interruptions.c.at)
Index("interruptions_subject", interruptions.c.subject)

PROTECTION_KINDS = (
    "kind IN ('mode.set', 'mode.changed', 'mode.ended', 'mode.cancelled', 'absence.set', 'absence.ended',"
    " 'absence.cancelled', 'interruption.recorded', 'interruption.withdrawn', 'page.step', 'page.acknowledged',"
    " 'page.handed_back', 'page.ack_lapsed')"
)
"""The kinds of `domain.protection_log`, as the index has them; what alerts write stays out of it."""
_CONDITION = text(PROTECTION_KINDS)
Index("events_protection", events.c.seq, sqlite_where=_CONDITION, postgresql_where=_CONDITION)
