"""Backups of the store, made by themselves and at once, and whether there is one to rely on."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import structlog

from incidentd.configuration.backup_table import BackupSettings
from incidentd.configuration.daemon_settings import DaemonSettings
from incidentd.domain.backups import LATE_AFTER, Backup, due_at
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.services.errors import Conflict
from incidentd.services.workers import Loop
from incidentd.storage import backup_directory, event_log
from incidentd.storage.backup import CannotBackUp
from incidentd.storage.portable import of_store
from incidentd.storage.store import Store
from incidentd.wire.backups import BackupHealth, StoreBackup, StoreBackups

_LOOK = timedelta(minutes=1)
_AGAIN = timedelta(minutes=15)
"""After one that failed."""
_SUBJECT = "daemon:0"
log = structlog.get_logger("incidentd.backups")


class Backups:
    """Implements `operation_contracts.BackupCalls`. Without a daemon to `follow` none is made.

    The directory is the memory of the schedule: what is due follows from the newest backup that lies there.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._settings: Callable[[], BackupSettings] | None = None
        self._url = ""
        self._making = asyncio.Lock()
        self._stop = threading.Event()
        self._kept: tuple[Backup, ...] = ()
        self._first_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._since = store.clock.now()
        self._failed = ""
        self._again_at: datetime | None = None
        self.loop = _Stoppable("backups", self.work, self._stop)

    def follow(self, daemon: Callable[[], DaemonSettings]) -> None:
        """Make backups of the database that was opened, as the settings in force say."""
        self._settings = lambda: daemon().backup
        self._url = daemon().database_url.reveal()

    @property
    def settings(self) -> BackupSettings | None:
        """What is in force; None without a daemon."""
        return None if self._settings is None else self._settings()

    # ------------------------------------------------------------------ by itself
    async def work(self) -> float | None:
        """Look every minute whether a backup is due, and make it."""
        settings, now = self.settings, self._store.clock.now()
        if settings is None or (self._looked_at is not None and self._looked_at <= now < self._looked_at + _LOOK):
            return None
        self._looked_at = now
        await self._look(settings)
        due = self._due(settings)
        if due is not None and due <= now and (self._again_at is None or self._again_at <= now):
            try:
                await self._make(settings, "system")
            except CannotBackUp:
                return None  # it is told, and tried again
        return None

    async def _look(self, settings: BackupSettings) -> None:
        self._kept = tuple(await asyncio.to_thread(backup_directory.listed, settings.directory))
        if self._first_at is None:
            self._first_at = await self._store.read(event_log.first_at)

    def _due(self, settings: BackupSettings) -> datetime | None:
        if not settings.scheduled(self._store.engine):
            return None
        return due_at(settings.schedule, self._kept, self._first_at)

    # ------------------------------------------------------------------ making one
    async def now(self, actor: str) -> StoreBackup:
        """Make one at once. Raises `Conflict`."""
        settings = self.settings
        if settings is None:
            raise Conflict("this daemon has no place for backups")
        if self._making.locked():
            raise Conflict("a backup is being made", remedy="wait for it: incidentctl backup list")
        try:
            return _shown(await self._make(settings, actor))
        except CannotBackUp as error:
            raise Conflict(str(error)) from error

    async def _make(self, settings: BackupSettings, actor: str) -> Backup:
        async with self._making:
            now = self._store.clock.now()
            try:
                made = await asyncio.to_thread(self._copy, settings.directory, now)
                gone = await asyncio.to_thread(backup_directory.rotate, settings.directory, settings.keeping)
            except (CannotBackUp, OSError) as error:
                await self._tell_failure(str(error), actor)
                raise CannotBackUp(str(error)) from error
            self._failed, self._again_at = "", None
            await self._look(settings)
            data = {
                "file": made.file, "size": made.size, "seconds": made.seconds, "last_seq": made.snapshot.last_seq,
                "doubts": made.doubts, "removed": [one.file for one in gone],
            }  # fmt: skip
            await self._store.write(lambda tx: tx.emit("backup.made", _SUBJECT, data, actor=actor))
            log.info("backup_made", **data)
            return made

    def _copy(self, directory: Path, now: datetime) -> Backup:
        how = of_store(self._url, self._stop)
        return backup_directory.make(
            directory, how.copy, room=how.room, engine=self._store.engine, version=version("incidentd"), now=now
        )

    async def _tell_failure(self, why: str, actor: str) -> None:
        if self._stop.is_set():
            return  # the daemon ends: the next start makes up for it
        self._failed, self._again_at = why, self._store.clock.now() + _AGAIN
        log.error("backup_failed", why=why)
        await self._store.write(lambda tx: tx.emit("backup.failed", _SUBJECT, {"why": why}, actor=actor))

    # ------------------------------------------------------------------ how it stands
    def problems(self) -> list[OwnAlarm]:
        """A backup that failed, that is late, or that holds what was damaged already."""
        settings, now = self.settings, self._store.clock.now()
        if settings is None:
            return []
        found = []
        if self._failed:
            found.append(OwnAlarm("backup-failed", f"the last backup failed: {self._failed}"))
        elif (due := self._due(settings)) is not None and now > max(due, self._since) + LATE_AFTER:
            found.append(OwnAlarm("backup-late", f"a backup was due at {due:%Y-%m-%d %H:%M} UTC; {self._newest()}"))
        if self._kept and self._kept[0].doubts:
            found.append(
                OwnAlarm("backup-failed", f"the newest backup has doubts: {'; '.join(self._kept[0].doubts[:3])}")
            )
        return found

    def damage(self) -> list[OwnAlarm]:
        """Damage that the store met since the start, and what there is to fall back on."""
        found, settings = self._store.damage, self.settings
        if found.since is None:
            return []
        place = "" if settings is None else f" in {settings.directory}"
        text = (
            f"THE STORE IS DAMAGED, seen first at {found.since:%Y-%m-%d %H:%M:%S} UTC ({found.where}). It goes on with "
            f"what it can. Copy the database's files elsewhere. Of backups, {self._newest()}{place}: incidentd restore"
        )
        return [OwnAlarm("store-damaged", text)]

    def _newest(self) -> str:
        good = next((one for one in self._kept if one.good), None)
        return "there is none" if good is None else f"the last good one is of {good.made_at:%Y-%m-%d %H:%M} UTC"

    def health(self) -> BackupHealth | None:
        """The last good backup and the next, for health; None where none is made."""
        settings = self.settings
        if settings is None:
            return None
        good = next((one for one in self._kept if one.good), None)
        return BackupHealth(
            last_at=good.made_at if good else None,
            last_bytes=good.size if good else 0,
            count=len(self._kept),
            next_at=self._next(settings),
            failed=self._failed,
            verified_at=good.verified_at if good else None,
        )

    def _next(self, settings: BackupSettings) -> datetime | None:
        due = self._due(settings)
        return None if due is None else max(filter(None, (due, self._again_at)))

    async def list(self) -> StoreBackups:
        """What lies in the directory, newest first. Raises `Conflict`."""
        settings = self.settings
        if settings is None:
            raise Conflict("this daemon has no place for backups")
        await self._look(settings)
        return StoreBackups(
            directory=str(settings.directory),
            scheduled=settings.scheduled(self._store.engine),
            next_at=self._next(settings),
            disk_free=await asyncio.to_thread(_free, settings.directory),
            failed=self._failed,
            backups=tuple(map(_shown, self._kept)),
        )


class _Stoppable(Loop):
    """A backup under way is given up when the daemon ends."""

    def __init__(self, name: str, work: Callable[[], Awaitable[float | None]], stop: threading.Event) -> None:
        super().__init__(name, work)
        self._stop_copying = stop

    async def stop(self) -> None:
        self._stop_copying.set()
        await super().stop()


def _free(directory: Path) -> int | None:
    try:
        return shutil.disk_usage(directory).free
    except OSError:
        return None  # it is made with the first backup


def _shown(backup: Backup) -> StoreBackup:
    return StoreBackup(
        file=backup.file,
        made_at=backup.made_at,
        verified_at=backup.verified_at,
        seconds=backup.seconds,
        bytes=backup.size,
        sha256=backup.sha256,
        engine=backup.engine,
        version=backup.version,
        schema=backup.snapshot.schema,
        last_seq=backup.snapshot.last_seq,
        last_at=backup.snapshot.last_at,
        rows=sum(backup.snapshot.rows.values()),
        doubts=backup.doubts,
    )
