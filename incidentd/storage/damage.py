"""Damage in SQLite's file: how it shows, and that it was seen."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError

from incidentd.clock import Clock

log = structlog.get_logger("incidentd.storage")


def is_damage(error: BaseException) -> bool:
    """Whether SQLite found that its file is not what it wrote (SQLITE_CORRUPT, SQLITE_NOTADB)."""
    told = error.orig if isinstance(error, DBAPIError) else error
    return getattr(told, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Damage:
    """What was seen of it while the daemon runs. It does not go away by itself, so it is told until the end."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.since: datetime | None = None
        self.where = ""

    def look_at(self, error: BaseException) -> None:
        """Remember the first statement that met damage."""
        if self.since is not None or not is_damage(error):
            return
        self.since = self._clock.now()
        statement = " ".join((getattr(error, "statement", "") or "").split())
        self.where = f"{getattr(error, 'orig', error)}: {statement[:80]}"
        log.error("store_damaged", where=self.where)
