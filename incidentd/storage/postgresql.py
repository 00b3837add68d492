"""PostgreSQL: asyncpg through SQLAlchemy; commands are the same plain functions, run inside a greenlet.

An address may name several hosts as libpq's does, `postgresql://user@a,b/database?target_session_attrs=read-write`.
They are tried in turn, each for a few seconds, the one that answered last first.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import TimeoutError as PoolIsEmpty
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from incidentd.clock import Clock
from incidentd.storage import notices
from incidentd.storage.batch import Command, Committed, run_batch
from incidentd.storage.reach import Reach, Unreachable
from incidentd.storage.tx import Tx

T = TypeVar("T")
READERS = 4
CONNECT_SECONDS = 4.0
"""For each host of the address."""
WRITE_SECONDS = 20.0
"""For one commit of many commands, the wait for rows that another node has locked included."""
READ_SECONDS = 60.0
WAIT_SECONDS = 30.0
"""For a connection of the pool."""
# A node that vanishes or is stopped in the middle of a transaction keeps its locks, the counter of the event log among
# them, and every other node waits for them until the server ends that session.
SESSION = "SET idle_in_transaction_session_timeout = '5s'; SET lock_timeout = '15s'; SET tcp_user_timeout = '10s'"


def hosts(url: str) -> tuple[str, ...]:
    """One address for each host that `url` names."""
    parts = urlsplit(url)
    who, at, where = parts.netloc.rpartition("@")
    scheme = parts.scheme.partition("+")[0]
    return tuple(urlunsplit(parts._replace(scheme=scheme, netloc=f"{who}{at}{one}")) for one in where.split(","))


def _engine_url(addresses: Sequence[str]) -> URL:
    """What SQLAlchemy knows the database by."""
    return make_url(addresses[0]).set(drivername="postgresql+asyncpg")


class Connecting:
    """Opens connections, to the host that answered last or else to the next one that does."""

    def __init__(self, url: str) -> None:
        self.addresses = list(hosts(url))

    def _answered(self, address: str) -> None:
        self.addresses.remove(address)
        self.addresses.insert(0, address)

    def for_pool(self, dialect: Dialect) -> Any:
        """A connection for the pool, inside its greenlet. Raises what the last host raised."""
        assert dialect.dbapi is not None
        error: Exception = OSError("the address names no host")
        for address in tuple(self.addresses):
            try:
                found = dialect.connect(dsn=address, timeout=CONNECT_SECONDS)
            except (OSError, dialect.dbapi.Error) as failure:
                error = failure
                continue
            self._answered(address)
            return found
        raise error

    async def alone(self) -> Any:
        """A connection of its own, of asyncpg. Raises what the last host raised."""
        import asyncpg  # type: ignore[import-untyped]

        error: Exception = OSError("the address names no host")
        for address in tuple(self.addresses):
            try:
                found = await asyncpg.connect(address, timeout=CONNECT_SECONDS)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as failure:
                error = failure
                continue
            self._answered(address)
            return found
        raise error


class PostgresBackend:
    """Implements `engines.Backend`. No call waits for ever: see `reach`."""

    name = "postgresql"
    check_due = False  # the server looks after its own files
    suspect = False  # and ends itself when its disk fails

    def __init__(self, url: str) -> None:
        self._connecting = Connecting(url)
        self._node = uuid.uuid4().hex
        self._listener: notices.Listener | None = None
        self.reach = Reach()
        self._engine = create_async_engine(
            _engine_url(self._connecting.addresses), pool_size=READERS + 1, max_overflow=2, pool_pre_ping=True
        )
        event.listen(self._engine.sync_engine, "do_connect", self._connect)
        # The statements of one read see one state; READ COMMITTED would show each what was committed in between.
        self._readers = self._engine.execution_options(isolation_level="REPEATABLE READ")

    def _connect(self, dialect: Dialect, _record: object, _args: object, _options: object) -> Any:
        self.reach.require()
        adapted = self._connecting.for_pool(dialect)
        self.reach.opened(adapted.driver_connection)
        # Not as parameters of the start, which a pooler in between may refuse.
        adapted.run_async(lambda driver: driver.execute(SESSION))
        return adapted

    async def commit(self, commands: Sequence[Command[Any]], clock: Clock) -> Committed:
        def seal(tx: Tx) -> None:
            notices.send(tx, self._node)

        return await asyncio.shield(
            self._asked(self._engine, lambda conn: run_batch(conn, commands, clock, seal), WRITE_SECONDS)
        )

    def listen(self, heard: Callable[[], None], told: Callable[[str], None]) -> None:
        self._listener = notices.Listener(self._connecting.alone, self.reach, self._node, heard, told)

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
        except (TimeoutError, PoolIsEmpty) as error:
            raise Unreachable(self.reach.trouble() or "no connection to the database could be had in time") from error
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
        if self._listener is not None:
            await self._listener.close()
        await self._engine.dispose()
