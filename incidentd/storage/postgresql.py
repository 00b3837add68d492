"""PostgreSQL: asyncpg through SQLAlchemy; commands are the same plain functions, run inside a greenlet."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import TimeoutError as PoolIsEmpty
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from incidentd.clock import Clock
from incidentd.storage import notices
from incidentd.storage.batch import Command, Committed, run_batch
from incidentd.storage.connecting import Connecting, engine_url, lead
from incidentd.storage.lineage import Lineage
from incidentd.storage.reach import Reach, Unreachable
from incidentd.storage.tx import Tx

T = TypeVar("T")
READERS = 4
WRITE_SECONDS = 20.0
"""For one commit of many commands, the wait for rows that another node has locked included."""
READ_SECONDS = 60.0
WAIT_SECONDS = 30.0
"""For a connection of the pool."""
# A node that vanishes or is stopped in the middle of a transaction keeps its locks, the counter of the event log among
# them, and every other node waits for them until the server ends that session.
SESSION = "SET idle_in_transaction_session_timeout = '5s'; SET lock_timeout = '15s'; SET tcp_user_timeout = '10s'"


class PostgresBackend:
    """Implements `engines.Backend`. No call waits for ever: see `reach`."""

    name = "postgresql"
    check_due = False  # the server looks after its own files
    suspect = False  # and ends itself when its disk fails

    def __init__(self, url: str, state_dir: Path | None = None) -> None:
        self._connecting = Connecting(url, seen := Lineage(state_dir))
        self._node = uuid.uuid4().hex
        self._listener: notices.Listener | None = None
        self._watch: asyncio.Task[None] | None = None
        self.reach = Reach()
        seen.on_newer = self.reach.cut_off  # some may lead to the server that was replaced, and it may go on
        self._engine = create_async_engine(engine_url(url), pool_size=READERS + 1, max_overflow=2, pool_pre_ping=True)
        lead(self._engine, self._open)
        # The statements of one read see one state; READ COMMITTED would show each what was committed in between.
        self._readers = self._engine.execution_options(isolation_level="REPEATABLE READ")

    async def _open(self) -> Any:
        """A connection of asyncpg for the pool."""
        self.reach.require()
        line = await self._line()
        await line.execute(SESSION)  # not as parameters of the start, which a pooler in between may refuse
        return line

    async def _line(self) -> Any:
        """A connection that is cut off when the database falls silent, or when another server takes its place."""
        line = await self._connecting.open()
        self.reach.opened(line)
        return line

    async def commit(self, commands: Sequence[Command[Any]], clock: Clock) -> Committed:
        def seal(tx: Tx) -> None:
            notices.send(tx, self._node)

        return await asyncio.shield(
            self._asked(self._engine, lambda conn: run_batch(conn, commands, clock, seal), WRITE_SECONDS)
        )

    def listen(self, heard: Callable[[], None], told: Callable[[str], None]) -> None:
        self._listener = notices.Listener(self._line, self.reach, self._node, heard, told)
        if len(self._connecting.addresses) > 1:
            self._watch = asyncio.create_task(self._connecting.watch(), name="database-hosts")

    async def tell(self, text: str) -> None:
        def run(conn: Connection) -> None:
            with conn.begin():
                conn.execute(*notices.telling(self._node, text))

        await self._asked(self._engine, run, WRITE_SECONDS)

    async def takes_writes(self) -> bool:
        return True

    async def write_alone(self, action: Callable[[Connection], T]) -> T:
        return await asyncio.shield(self._asked(self._engine, action, None))

    async def read(self, query: Callable[[Connection], T]) -> T:
        return await self._asked(self._readers, query, READ_SECONDS)

    async def _asked(self, engine: AsyncEngine, action: Callable[[Connection], T], seconds: float | None) -> T:
        """Run `action`; a connection that has not answered after `seconds` is cut off. Raises `Unreachable`."""
        self.reach.require()
        connection = engine.connect()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await connection.start()
        except (OSError, PoolIsEmpty) as error:
            why = str(error) if str(error) and isinstance(error, OSError) else "none could be had in time"
            raise Unreachable(self.reach.trouble() or f"no connection to the database: {why}") from error
        try:
            line = (await connection.get_raw_connection()).driver_connection
            assert line is not None
            end = None if seconds is None else asyncio.get_running_loop().call_later(seconds, line.terminate)
            try:
                return await connection.run_sync(action)
            finally:
                if end is not None:
                    end.cancel()
        finally:
            with suppress(OSError):  # it was cut off
                await connection.close()

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._listener is not None:
            await self._listener.close()
        await self._engine.dispose()
