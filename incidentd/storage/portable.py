"""How a store becomes a file that can be restored, whichever engine it is on."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import msgspec

from incidentd.configuration.store_address import sqlite_file
from incidentd.domain.backups import Snapshot
from incidentd.storage.backup import CannotBackUp, appearing, back_up, look_into
from incidentd.storage.backup_directory import Copy
from incidentd.storage.store_copy import CannotCopy
from incidentd.storage.store_move import copy_to_file, size_of_server


class Copying(msgspec.Struct, frozen=True):
    """How a store is copied, and how many bytes the copy may need."""

    copy: Copy
    room: int


def of_store(url: str, stop: threading.Event) -> Copying:
    """A copy of the SQLite file, or of what a PostgreSQL server has as a SQLite file. Raises `CannotBackUp`.

    It is called, and copies, on a thread without an event loop.
    """
    file = sqlite_file(url)
    if file is not None:
        size = sum(path.stat().st_size for path in (file, Path(f"{file}-wal")) if path.exists())
        return Copying(lambda target: back_up(url, target, stop), size)
    try:
        size = asyncio.run(size_of_server(url))
    except CannotCopy as error:
        raise CannotBackUp(str(error)) from error
    return Copying(lambda target: _out_of_server(url, target), size)


def _out_of_server(url: str, target: Path) -> Snapshot:
    if target.exists():
        raise CannotBackUp(f"{target} exists: name a file that does not, or remove it")
    with appearing(target) as partial:
        try:
            compared = asyncio.run(copy_to_file(url, partial))
        except CannotCopy as error:
            raise CannotBackUp(str(error)) from error
        if different := [one.table for one in compared if not one.same]:
            raise CannotBackUp(f"the copy differs in {', '.join(different)}")
        return look_into(partial)
