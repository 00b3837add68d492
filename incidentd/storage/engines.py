"""The two engines: how connections are opened, and where the writer runs."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from incidentd.clock import Clock
from incidentd.configuration.store_address import POSTGRESQL, engine_of
from incidentd.storage.batch import Command, Committed, run_batch
from incidentd.storage.postgresql import READERS, PostgresBackend
from incidentd.storage.reach import Reach
from incidentd.storage.trouble import is_input_output

T = TypeVar("T")
log = structlog.get_logger("incidentd.storage")
_BUSY_SECONDS = 30
CHECKPOINT_COMMITS, CHECKPOINT_CHANGES = 128, 4096
"""After so many commits, or changes of rows, what is in the write-ahead log is moved: a few MiB."""
CHEAP_CHECK_BYTES = 16 * 2**20
"""Up to this size a database is checked at every start; a larger one (7 ms a MiB) after an unclean stop only."""


class Backend(Protocol):
    """One engine: a writer that runs batches, and readers."""

    name: str
    check_due: bool
    """Whether the file has to be checked for damage before it is used."""
    reach: Reach
    """Whether the database answers; a file always does."""
    suspect: bool
    """Whether the disk failed, so that the system may believe things to be on it which are not.

    What is committed is kept; the process has to end without `close`, and the next one moves everything anew.
    """

    async def takes_writes(self) -> bool:
        """Whether the disk takes writes, to another file than those of the database."""
        ...

    async def commit(self, commands: Sequence[Command[Any]], clock: Clock) -> Committed: ...

    async def read(self, query: Callable[[Connection], T]) -> T: ...

    async def write_alone(self, action: Callable[[Connection], T]) -> T:
        """Run `action` on the writer outside of any batch: migrations and maintenance. It begins and commits itself."""
        ...

    def listen(self, heard: Callable[[], None], told: Callable[[str], None]) -> None:
        """Call `heard` whenever another node committed something, and `told` with what one wants to be known.

        Nothing to do where there are no other nodes.
        """
        ...

    async def tell(self, text: str) -> None:
        """Let the other nodes know `text`; nothing is stored."""
        ...

    async def close(self) -> None: ...


def _sqlite_pragmas(connection: Any, *, writer: bool) -> None:
    # FULL: with NORMAL a power cut loses commits that were acknowledged.
    connection.execute("PRAGMA journal_mode=WAL").close()
    connection.execute("PRAGMA synchronous=FULL").close()
    connection.execute("PRAGMA foreign_keys=ON").close()
    connection.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}").close()
    connection.execute("PRAGMA cache_size=-65536").close()
    connection.execute("PRAGMA wal_autocheckpoint=0").close()
    if not writer:
        connection.execute("PRAGMA query_only=ON").close()


def _stopped_uncleanly(path: str) -> bool:
    """The last connection removes the write-ahead log when it closes: one that is there was left by a crash."""
    return os.path.exists(f"{path}-wal")


def _is_small(path: str) -> bool:
    return os.path.exists(path) and os.path.getsize(path) <= CHEAP_CHECK_BYTES


class SqliteBackend:
    """One writer connection on a thread of its own; readers through aiosqlite."""

    name = "sqlite"

    def __init__(self, url: URL) -> None:
        self.reach = Reach()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        path = url.database or ""
        self.path = path
        self.check_due = _stopped_uncleanly(path) or _is_small(path)
        self.suspect = self._log_failed = False
        self._commits, self._moved = 0, 0

        def connect() -> sqlite3.Connection:
            # Made by us first, for SQLite would follow the umask; its log files take the mode of the database.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            _sqlite_pragmas(connection, writer=True)
            # What an earlier process left is moved as a whole, and the log begun anew: see `suspect`.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            return connection

        self._writer: Engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
        # The driver must not begin by itself: its deferred BEGIN lost 7 of 8 concurrent read-then-write updates.
        event.listen(self._writer, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE"))
        self._readers: AsyncEngine = create_async_engine(
            url.set(drivername="sqlite+aiosqlite"), pool_size=READERS, max_overflow=0, pool_timeout=_BUSY_SECONDS
        )
        event.listen(self._readers.sync_engine, "connect", lambda c, _: _sqlite_reader(c))
        # The statements of one read see one state; without this each would see what was committed in between.
        event.listen(self._readers.sync_engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN"))

    async def commit(self, commands: Sequence[Command[Any]], clock: Clock) -> Committed:
        if self._log_failed:
            raise OSError(errno.EIO, "the disk of the database failed; a new process has to open it")

        def run(conn: Connection) -> Committed:
            try:
                done = run_batch(conn, commands, clock)
            except DBAPIError as error:
                self._judge(error)
                raise
            for good, value in done.outcomes:
                if not good:
                    self._judge(value)
            return done

        return await self.write_alone(run)

    def _judge(self, error: BaseException) -> None:
        """After a write or a flush of the log that failed nothing can be made durable in that file any more.

        The system takes what it could not write to be on the disk; and where ext4 had just given room to the file, what
        is written there later is on the disk and yet not in the file: the next boot finds zeros.
        """
        if is_input_output(error):
            log.error("store_input_output_error", error=repr(error))
            self.suspect = self._log_failed = True

    def _checkpoint(self, conn: Connection) -> None:
        """Move what is in the write-ahead log to the database, when there is much.

        Not left to SQLite, which keeps it to itself when that fails. A part may have been moved before without a flush,
        for a reader was in the way. When the flush of all fails the next one succeeds, and that part counts as on the
        disk, which it is not: a hundred rows were lost so. Only who opens the database anew moves all of it again.
        """
        driver = conn.connection.driver_connection
        changes, self._commits = driver.total_changes, self._commits + 1  # type: ignore[union-attr]
        few = self._commits < CHECKPOINT_COMMITS and changes - self._moved < CHECKPOINT_CHANGES
        if self.suspect or few:
            return
        self._commits, self._moved = 0, changes
        try:
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)").close()  # type: ignore[union-attr]
        except sqlite3.OperationalError as error:
            log.error("store_checkpoint_failed", error=repr(error))
            if (error.sqlite_errorcode & 0xFF) == sqlite3.SQLITE_IOERR:
                self.suspect = True

    async def takes_writes(self) -> bool:
        def probe() -> bool:
            file = f"{self.path}-probe"
            try:
                with open(file, "wb", buffering=0) as made:
                    made.write(b"\0" * 4096)
                    os.fsync(made.fileno())
                os.unlink(file)
            except OSError:
                return False
            return True

        return await asyncio.to_thread(probe)

    async def write_alone(self, action: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._writer.connect() as conn:
                try:
                    return action(conn)
                finally:
                    self._checkpoint(conn)

        # Shielded: a cancelled caller must not leave a half-run statement behind on the only writer.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, run))

    async def read(self, query: Callable[[Connection], T]) -> T:
        async with self._readers.connect() as conn:
            return await conn.run_sync(query)

    def listen(self, heard: Callable[[], None], told: Callable[[str], None]) -> None:
        """Nobody else writes here."""

    async def tell(self, text: str) -> None:
        """There is nobody else."""

    async def close(self) -> None:
        if self.suspect:  # the last connection would move what is left as it closes: see `_checkpoint`
            return
        await self._readers.dispose()  # unclosed aiosqlite connections hang the interpreter's exit
        await asyncio.get_running_loop().run_in_executor(self._thread, self._writer.dispose)
        self._thread.shutdown()


class MemoryBackend:
    """A throw-away SQLite in memory, for a process that does nothing else: every call runs at once, on its thread."""

    name = "sqlite"
    check_due = False
    suspect = False

    def __init__(self) -> None:
        self.reach = Reach()
        self._engine: Engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"isolation_level": None})
        event.listen(self._engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN"))

    def connect(self) -> Connection:
        """The one connection, for whoever brings transactions of his own; nothing else may run meanwhile."""
        return self._engine.connect()

    async def commit(self, commands: Sequence[Command[Any]], clock: Clock) -> Committed:
        return await self.write_alone(lambda conn: run_batch(conn, commands, clock))

    async def write_alone(self, action: Callable[[Connection], T]) -> T:
        with self._engine.connect() as conn:
            return action(conn)

    async def read(self, query: Callable[[Connection], T]) -> T:
        with self._engine.connect() as conn:
            return query(conn)

    def listen(self, heard: Callable[[], None], told: Callable[[str], None]) -> None:
        """Nobody else can."""

    async def tell(self, text: str) -> None:
        """There is nobody else."""

    async def takes_writes(self) -> bool:
        return True

    async def close(self) -> None:
        self._engine.dispose()


def _sqlite_reader(adapted: Any) -> None:
    adapted.isolation_level = None  # the driver begins nothing by itself
    cursor = adapted.cursor()
    for pragma in (f"busy_timeout={_BUSY_SECONDS * 1000}", "foreign_keys=ON", "query_only=ON", "cache_size=-16384"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def open_backend(url: str, state_dir: Path | None = None) -> Backend:
    """The engine for a database URL: `sqlite:///path` or `postgresql://...`. Raises `BadAddress` for any other.

    `sqlite:///:memory:` is gone with its process. In `state_dir` a node remembers which servers were replaced.
    """
    if engine_of(url) == POSTGRESQL:
        return PostgresBackend(url, state_dir)
    parsed = make_url(url)
    return MemoryBackend() if parsed.database == ":memory:" else SqliteBackend(parsed)
