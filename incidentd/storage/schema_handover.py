"""The tables of how duty passes from one to the next: handovers, and requests to take a time."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text, text

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata, row_id

handovers = Table(
    "handovers",
    metadata,
    row_id(),
    Column("schedule", String, nullable=False),
    Column("person", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("next_person", String, nullable=False),
    Column("next_starts_at", Instant),
    Column("form", String, nullable=False),  # short | full
    Column("state", String, nullable=False),  # running | draft | sent | accepted | lapsed
    Column("surprises", Text, nullable=False),
    Column("sections", Json, nullable=False),  # the digest as it was sent
    Column("finished_by", String, nullable=False),
    Column("sent_at", Instant),
    Column("accepted_by", String, nullable=False),
    Column("accepted_at", Instant),
    Column("accepted_via", String, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("handovers_schedule", handovers.c.schedule, handovers.c.id)
Index(
    "handovers_open",
    handovers.c.id,
    sqlite_where=text("state IN ('running', 'draft', 'sent')"),
    postgresql_where=text("state IN ('running', 'draft', 'sent')"),
)

shift_requests = Table(
    "shift_requests",
    metadata,
    row_id(),
    Column("schedule", String, nullable=False),
    Column("person", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("wants", String, nullable=False),  # take | swap
    Column("asked", Json, nullable=False),  # [{person, declined, returns_from, returns_until}]
    Column("expires_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String, nullable=False),  # open | accepted | declined | cancelled | expired
    Column("taken_by", String, nullable=False),
    Column("taken_via", String, nullable=False),
    Column("result", String, nullable=False),  # the change that was made of it: override:3, swap:4
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("shift_requests_state", shift_requests.c.state)
