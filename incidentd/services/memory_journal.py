"""What was told from memory, in files until the store has it: a process may end before the store is back.

A disk that fails ends the process by itself (exit 74), and what it told would be in its log only: a page would go out
again that somebody has read or taken. So each message, and each page that somebody took, is a line of a file in the
state directory and of one in the runtime directory, which is on no disk. The next start reads what either of them has.
"""

from __future__ import annotations

import asyncio
import enum
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import msgspec
import structlog

from incidentd.services.store_return import Outage, Sent

FILE = "told-from-memory.jsonl"
_FLUSH_SECONDS = 2.0
log = structlog.get_logger("incidentd.store")


class Known(enum.StrEnum):
    """How well it is known that somebody is on a page."""

    NOT = "not"
    IN_MEMORY = "in memory"  # until this process ends
    IN_A_FILE = "in a file"  # also after it


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody followed the link of a page."""

    page: int
    person: str
    at: datetime


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line: a message that was sent or failed for good, or a page that was taken; `since` the outage began."""

    since: datetime
    sent: Sent | None = None
    taken: Taken | None = None


class MemoryJournal:
    """Writes to every one of `directories`, each on a thread of its own: a disk that hangs holds up no other."""

    def __init__(self) -> None:
        self.directories: Sequence[Path] = ()
        self._threads: dict[Path, ThreadPoolExecutor] = {}
        self._writing: set[Future[bool]] = set()
        self._failed: set[Path] = set()

    def add(self, entry: Entry) -> list[Future[bool]]:
        """Write one line, soon; for each directory whether it has it."""
        line, tasks = msgspec.json.encode(entry) + b"\n", []
        for directory in self.directories:
            thread = self._threads.setdefault(directory, ThreadPoolExecutor(1, thread_name_prefix="told-from-memory"))
            task = thread.submit(self._append, directory, line)
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)
            tasks.append(task)
        return tasks

    async def keep(self, entries: Sequence[Entry]) -> bool:
        """Write lines; whether each is in a file within two seconds."""
        written = [self.add(one) for one in entries]
        await self.flush()
        return all(any(task.done() and task.result() for task in tasks) for tasks in written)

    def _append(self, directory: Path, line: bytes) -> bool:
        try:
            handle = os.open(directory / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(handle, line)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            if directory not in self._failed:
                self._failed.add(directory)
                log.warning("told_from_memory_not_kept", directory=str(directory), error=repr(error))
            return False
        return True

    async def flush(self) -> None:
        """Wait for what is being written, for two seconds at most."""
        if self._writing:
            await asyncio.wait([asyncio.wrap_future(one) for one in self._writing], timeout=_FLUSH_SECONDS)

    async def left(self) -> Outage | None:
        """The outage in which an earlier process ended, with what it had told; None where all is in the store."""
        found = await asyncio.to_thread(lambda: list(map(waiting, self.directories)))
        entries = {msgspec.json.encode(one): one for some in found for one in some}.values()
        if not entries:
            return None
        outage = Outage(since=min(one.since for one in entries))
        for one in entries:
            if one.sent is not None:
                outage.ended.append(one.sent)
            if one.taken is not None:
                outage.taken.setdefault(one.taken.page, (one.taken.person, one.taken.at))
        return outage

    async def clear(self) -> None:
        """The store has it all."""
        await self.flush()
        await asyncio.to_thread(self._remove)

    def _remove(self) -> None:
        for directory in self.directories:
            try:
                (directory / FILE).unlink(missing_ok=True)
            except OSError as error:  # the next start finds it again, and knows that the store has it
                log.warning("told_from_memory_not_removed", directory=str(directory), error=repr(error))
        self._failed.clear()


def waiting(directory: Path) -> list[Entry]:
    """What stands in the file of a directory; a line that was cut off by the end of its process is left out."""
    try:
        lines = (directory / FILE).read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=Entry))
        except msgspec.DecodeError:
            log.warning("told_from_memory_unreadable", directory=str(directory))
    return found
