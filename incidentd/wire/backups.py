"""Backups of the store."""

from __future__ import annotations

from incidentd.wire.base import Frozen, Instant


class StoreBackup(Frozen, frozen=True):
    """One that lies in the directory of backups. `doubts` were in the store already when it was copied."""

    file: str
    made_at: Instant
    verified_at: Instant | None  # when it was opened as a database of its own and found to be the same
    seconds: float  # that copying and verifying took
    bytes: int
    sha256: str
    engine: str  # sqlite | postgresql: of the store that it was copied from
    version: str  # of the incidentd that made it
    schema: str
    last_seq: int
    last_at: Instant | None
    rows: int
    doubts: tuple[str, ...]


class StoreBackups(Frozen, frozen=True):
    """The directory of backups of the node that answers, newest first."""

    directory: str
    scheduled: bool  # whether they are made by themselves
    next_at: Instant | None
    disk_free: int | None  # bytes
    failed: str  # why the last one was not made, "" when it was
    backups: tuple[StoreBackup, ...]


class BackupHealth(Frozen, frozen=True):
    """The last good backup of the node that answers, when it was restored to try it, and the next."""

    last_at: Instant | None
    last_bytes: int
    count: int
    next_at: Instant | None
    failed: str
    verified_at: Instant | None = None
