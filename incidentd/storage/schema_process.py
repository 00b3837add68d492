"""The table of the versions of the process. A version is never changed but for what became of it."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata, row_id

process_versions = Table(
    "process_versions",
    metadata,
    row_id(),  # V-1, V-2 ...
    Column("process_version", String, nullable=False, unique=True),  # the hash of what it means
    Column("document", Text, nullable=False),  # TOML without comments
    Column("files", Json, nullable=False),  # {name: text} of those it names
    Column("state", String, nullable=False),  # proposed | adopted | declined | withdrawn | superseded
    Column("how", String, nullable=False),  # file | adopted
    Column("proposed_by", String, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("explanations", Json, nullable=False),  # {key: why}
    Column("decided_by", String, nullable=False),
    Column("decided_at", Instant),
    Column("note", Text, nullable=False),  # of the decision
    Column("version", Integer, nullable=False),
)
Index("process_versions_state", process_versions.c.state)  # new rows ask which one is in force, and pass no texts
