"""The directory of backups: each a database file with a description of the same name beside it.

The description is a file and no row, so that the last good backup is known when the store is what is broken.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from incidentd.domain.backups import Backup, Keeping, Snapshot, lacks_room, superfluous
from incidentd.storage.backup import CannotBackUp, broken_chains, sync

DIRECTORY = "backups"
"""Below the state directory, where nothing else is configured."""
_PREFIX, _SUFFIX, _DESCRIPTION = "incidentd-", ".db", ".json"
Copy = Callable[[Path], Snapshot]
"""Writes a copy of a store to a file that is not there yet, compares the two, and says what it holds."""


def listed(directory: Path) -> list[Backup]:
    """The backups that are there, newest first. What has no description, or no file of its size, is none."""
    found = [_described(directory, file) for file in directory.glob(f"{_PREFIX}*{_SUFFIX}{_DESCRIPTION}")]
    return sorted((one for one in found if one is not None), key=lambda one: one.made_at, reverse=True)


def _described(directory: Path, file: Path) -> Backup | None:
    try:
        backup = msgspec.json.decode(file.read_bytes(), type=Backup)
        there = file.name == backup.file + _DESCRIPTION and (directory / backup.file).stat().st_size == backup.size
    except (OSError, msgspec.MsgspecError):
        return None
    return backup if there else None


def last_good(directory: Path) -> Backup | None:
    """The newest backup that may be relied on."""
    return next((one for one in listed(directory) if one.good), None)


def description_of(file: Path) -> Backup | None:
    """What was written about a backup when it was made, None for a file without a description that fits."""
    return _described(file.parent, file.with_name(file.name + _DESCRIPTION))


def make(directory: Path, copy: Copy, *, room: int, engine: str, version: str, now: datetime) -> Backup:
    """Add a backup that was restored to try it. `room` is how large it may become. Raises `CannotBackUp`."""
    file = directory / f"{_PREFIX}{now:%Y%m%dT%H%M%SZ}{_SUFFIX}"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear(directory)
        disk = shutil.disk_usage(directory)
    except OSError as error:
        raise CannotBackUp(f"{directory} cannot be used: {error.strerror or error}") from error
    if refused := lacks_room(room, disk.free, disk.total):
        raise CannotBackUp(f"no backup in {directory}: {refused}")
    began = time.monotonic()
    snapshot = copy(file)
    doubts = tuple(broken_chains(file))
    try:
        backup = Backup(
            file=file.name,
            made_at=now,
            verified_at=now,
            seconds=round(time.monotonic() - began, 3),
            size=file.stat().st_size,
            sha256=digest(file),
            engine=engine,
            version=version,
            snapshot=snapshot,
            doubts=doubts,
        )
        _describe(directory, backup)
    except OSError as error:
        file.unlink(missing_ok=True)
        raise CannotBackUp(f"{file} cannot be described: {error.strerror or error}") from error
    return backup


def _clear(directory: Path) -> None:
    """Remove what a run that was killed left behind."""
    for left in directory.glob(f".{_PREFIX}*.partial*"):
        left.unlink(missing_ok=True)


def _describe(directory: Path, backup: Backup) -> None:
    target = directory / (backup.file + _DESCRIPTION)
    draft = target.with_name(f".{target.name}.partial")
    draft.touch(mode=0o600)
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(backup), indent=2) + b"\n")
    sync(draft)
    draft.rename(target)
    sync(directory)


def rotate(directory: Path, keeping: Keeping) -> list[Backup]:
    """Remove the backups that need not be kept; returns them."""
    gone = superfluous(listed(directory), keeping)
    for backup in gone:  # the description first: a file without one is no backup
        (directory / (backup.file + _DESCRIPTION)).unlink(missing_ok=True)
        (directory / backup.file).unlink(missing_ok=True)
    return gone


def digest(file: Path) -> str:
    """The SHA-256 of a file. It is read past the page cache's order of use, which belongs to the daemon."""
    found = hashlib.sha256()
    with file.open("rb") as reading:
        while part := reading.read(2**20):
            found.update(part)
        os.posix_fadvise(reading.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return found.hexdigest()
