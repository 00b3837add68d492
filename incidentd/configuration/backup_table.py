"""`[backup]` of incidentd.toml: when the store is backed up, where to, and how many backups are kept."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import pydantic

from incidentd.configuration.documents import Document
from incidentd.configuration.hours import WallClock
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.values import PositiveDuration, Table, Zone
from incidentd.domain.backups import DAY, Keeping, Schedule

NIGHT = time(3, 30)
SOONEST = timedelta(minutes=5)
_Few = Annotated[int, pydantic.Field(ge=0, le=1000)]


class BackupTable(Table):
    """`enabled` None: on SQLite only."""

    enabled: bool | None = None
    directory: Path | None = None
    at: WallClock = NIGHT
    zone: Zone = "UTC"
    every: PositiveDuration = DAY
    keep: Annotated[int, pydantic.Field(ge=1, le=1000)] = 7
    keep_daily: _Few = 0
    keep_weekly: _Few = 0


class BackupSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where backups are, and, if they are made by themselves, when. `enabled` None: on SQLite only."""

    enabled: bool | None = None
    directory: Path
    schedule: Schedule
    keeping: Keeping

    def scheduled(self, engine: str) -> bool:
        """Whether the daemon makes them by itself."""
        return engine == "sqlite" if self.enabled is None else self.enabled


def backup_settings(document: Document, table: BackupTable, state_dir: Path) -> BackupSettings:
    """What the table says. Raises `ConfigurationError`."""
    faults = []
    if not SOONEST <= table.every <= DAY:
        faults.append(document.fault(("backup", "every"), "is not between 5m and 24h", 'write for example "6h"'))
    if table.directory is not None and not table.directory.is_absolute():
        faults.append(document.fault(("backup", "directory"), "is no absolute path", "write the whole path"))
    if faults:
        raise ConfigurationError(faults)
    return BackupSettings(
        enabled=table.enabled,
        directory=table.directory or state_dir / "backups",
        schedule=Schedule(at=table.at, zone=table.zone, every=table.every),
        keeping=Keeping(newest=table.keep, daily=table.keep_daily, weekly=table.keep_weekly),
    )
