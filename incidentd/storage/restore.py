"""Putting a backup in the place of a database that nobody uses.

The copy is written beside the database, and gets the name `….restoring` once it is whole and on the disk. Then the
present database gets another name besides, and the copy takes its place. While a file `….restoring` is there no daemon
starts: a crash in between leaves both databases, and the restore is to be run again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from incidentd.domain.backups import Backup, Snapshot
from incidentd.domain.byte_sizes import readable
from incidentd.storage.backup import (
    CannotBackUp,
    Unusable,
    appearing,
    broken_chains,
    look_into,
    restoring,
    snapshot,
    sync,
)
from incidentd.storage.backup_directory import description_of, digest
from incidentd.storage.migrate import HEAD, KNOWN

MARK = "restored"
"""The name in `meta` of what the next start has to know."""
_BESIDE = ("", "-wal", "-shm")


class CannotRestore(Exception):  # noqa: N818
    """Nothing was changed; the message says why and what to do."""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What a store says of itself that came from a backup, until the daemon has taken it up."""

    at: datetime  # when it was put in place
    file: str
    last_seq: int
    last_at: datetime | None
    lost_seq: int | None  # the last event of the database that it replaced, None when that could not be read
    lost_at: datetime | None
    send_waiting: bool  # whether what waits in the backup is sent as if nothing had been


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a restore would do."""

    source: Path
    database: Path
    holds: Snapshot
    described: Backup | None
    doubts: tuple[str, ...]
    present: Snapshot | None
    present_fault: str  # why the present database cannot be read, "" when it can or there is none

    def said(self) -> list[str]:
        """What is restored and what is lost, in words."""
        found = [f"{self.source} is whole: schema {self.holds.schema}, {_up_to(self.holds)}"]
        if self.described is not None:
            found.append(f"it was made at {_when(self.described.made_at)} by incidentd {self.described.version}")
        found += [f"but {doubt}: its events are not what they were when they were written" for doubt in self.doubts]
        return [*found, self._lost()]

    def _lost(self) -> str:
        if self.present is None:
            fault = self.present_fault or f"there is no database at {self.database}"
            return f"what happened after that is lost ({fault})"
        lost = self.present.last_seq - self.holds.last_seq
        here = f"the present database has {_up_to(self.present)}"
        if lost <= 0:
            return f"{here}: nothing that it knows is lost"
        return f"{here}: {lost} events since {_when(self.holds.last_at)} are lost"


def _up_to(found: Snapshot) -> str:
    return f"events up to {found.last_seq}, {_when(found.last_at)}" if found.last_seq else "no events"


def _when(at: datetime | None) -> str:
    return "a time that is not known" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def plan(source: Path, database: Path) -> Plan:
    """Check a backup and look at what it would replace. Raises `CannotRestore`."""
    log = Path(f"{source}-wal")
    if log.exists() and log.stat().st_size:
        raise CannotRestore(
            f"{source} is the file of a database in use: part of it is in {log}. Copy it with `incidentd backup`"
        )
    if not source.is_file():
        raise CannotRestore(f"there is no file {source}")
    if database.exists() and source.samefile(database):
        raise CannotRestore(f"{source} is the database itself")
    described = description_of(source)
    if described is not None and digest(source) != described.sha256:
        raise CannotRestore(f"{source} is not what it was when it was made: its SHA-256 differs. Take another backup")
    try:
        holds = look_into(source)
        doubts = tuple(broken_chains(source))
    except Unusable as error:
        raise CannotRestore(f"{error}. Take another backup") from error
    if holds.schema not in KNOWN:
        raise CannotRestore(f"it has schema {holds.schema}, this incidentd knows up to {HEAD}: use the newer incidentd")
    present, fault = _present(database)
    return Plan(
        source=source,
        database=database,
        holds=holds,
        described=described,
        doubts=doubts,
        present=present,
        present_fault=fault,
    )


def _present(database: Path) -> tuple[Snapshot | None, str]:
    """What the present database holds, with what is in its log, or why that cannot be said."""
    if not database.exists():
        return None, ""
    try:
        with closing(sqlite3.connect(database, timeout=5)) as conn:
            conn.execute("PRAGMA query_only=ON")
            return snapshot(conn), ""
    except (sqlite3.Error, Unusable) as error:
        return None, f"the present database cannot be read: {error}"


def put_in_place(chosen: Plan, *, now: datetime, send_waiting: bool) -> Path | None:
    """Do what `plan` said; returns where the replaced database is, None when there was none.

    Raises `CannotRestore`; then both databases are where they were, or the message says where.
    """
    database, waiting = chosen.database, restoring(chosen.database)
    room = chosen.source.stat().st_size
    free = shutil.disk_usage(database.parent).free
    if room > free:
        raise CannotRestore(f"{database.parent} has no room: {readable(room)} are needed, {readable(free)} are free")
    mark = Restored(
        at=now,
        file=chosen.source.name,
        last_seq=chosen.holds.last_seq,
        last_at=chosen.holds.last_at,
        lost_seq=chosen.present.last_seq if chosen.present else None,
        lost_at=chosen.present.last_at if chosen.present else None,
        send_waiting=send_waiting,
    )
    waiting.unlink(missing_ok=True)  # of a restore that did not end
    try:
        with appearing(waiting) as partial:
            shutil.copyfile(chosen.source, partial)
            _marked(partial, mark)
            _owned_as(partial, database if database.exists() else database.parent)
        aside = _kept_aside(database, now)
        waiting.rename(database)
        sync(database.parent)
    except CannotBackUp as error:
        raise CannotRestore(str(error)) from error
    except OSError as error:
        raise CannotRestore(f"{database} cannot be replaced: {error}; {waiting} is whole, run this again") from error
    return aside


def _marked(copy: Path, mark: Restored) -> None:
    with closing(sqlite3.connect(copy)) as conn:
        # In place, without a log: the file must be whole by itself.
        conn.execute("PRAGMA journal_mode=DELETE").close()
        text = msgspec.json.encode(mark).decode()
        conn.execute("DELETE FROM meta WHERE name = ?", (MARK,))
        conn.execute("INSERT INTO meta (name, value) VALUES (?, ?)", (MARK, text))
        conn.commit()


def _owned_as(file: Path, model: Path) -> None:
    """Root restores for the daemon's user."""
    if os.geteuid() == 0:
        owner = model.stat()
        os.chown(file, owner.st_uid, owner.st_gid)


def _kept_aside(database: Path, now: datetime) -> Path | None:
    """Give the database and its logs a second name, under which they stay a database, and clear the way."""
    aside = database.with_name(f"{database.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    there = [end for end in _BESIDE if Path(f"{database}{end}").exists()]
    for end in there:
        Path(f"{aside}{end}").hardlink_to(f"{database}{end}")
    sync(database.parent)
    for end in there:
        if end:  # a log of another database would damage the one that comes
            Path(f"{database}{end}").unlink()
    sync(database.parent)
    return aside if "" in there else None
