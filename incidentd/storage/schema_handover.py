"""The tables of how duty passes from one to the next: handovers, requests to take a time, and offers to rest."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, text

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
    Column("process_version", String, nullable=False, server_default=""),
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

rests = Table(
    "rests",
    metadata,
    row_id(),
    Column("person", String, nullable=False),
    Column("why", String, nullable=False),  # sleep | many
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("count", Integer, nullable=False),
    Column("start_at", Instant, nullable=False),
    Column("schedule", String, nullable=False),
    Column("block_ends_at", Instant),
    Column("next_starts_at", Instant),
    Column("next_ends_at", Instant),
    Column("state", String, nullable=False),  # offered | taken | declined | over
    Column("late", Boolean, nullable=False),
    Column("relief", String, nullable=False),
    Column("skip", String, nullable=False),
    Column("told_at", Instant),
    Column("at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("rests_person", rests.c.person, rests.c.id)
