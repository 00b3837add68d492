"""The tables of retention: what is under hold, the runs that remove what is past its time, and what they removed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata, row_id

holds = Table(
    "holds",
    metadata,
    row_id(),
    Column("subject", String, nullable=False),  # incident:12 | report:3 | customer:4 | everything
    Column("reason", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("released_at", Instant),
    Column("released_by", String, nullable=False),
    Column("released_why", Text, nullable=False),
)

retention_runs = Table(
    "retention_runs",
    metadata,
    row_id(),
    Column("state", String, nullable=False),  # running | done | failed | stopped
    Column("started_at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("class", String, nullable=False),  # the class that it is at
    Column("after", BigInteger, nullable=False),  # and the row of it
    Column("counts", Json, nullable=False),  # {class: {rows, events, bytes}}
    Column("lease_owner", String, nullable=False),
    Column("lease_until", Instant, nullable=False),
    Column("failures", Integer, nullable=False),  # in a row
    Column("error", Text, nullable=False),
    Column("ended_at", Instant),
)
Index("retention_runs_state", retention_runs.c.state)

removals = Table(
    "removals",  # a chain: rows are added and never changed
    metadata,
    row_id(),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("class", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("blanked", Boolean, nullable=False),  # its events stay without their texts; else they went
    Column("events", Integer, nullable=False),
    Column("last_seq", BigInteger, nullable=False),  # 0 when no event went
    Column("seqs", Json, nullable=False),  # `domain.removals.packed`
    Column("digest", String, nullable=False),  # of the events as they were
    Column("rows", Json, nullable=False),  # {table: how many}
    Column("chains", Json, nullable=False),  # {incident: [records, last hash]} of chains that went
    Column("hash", String, nullable=False),
)
Index("removals_last_seq", removals.c.last_seq)
