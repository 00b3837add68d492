"""Connections to the PostgreSQL of an address, of whose hosts one may take writes.

They are tried in turn, each for a few seconds, the one that answered last first. A standby, a server that was replaced
and a pooler that keeps no sessions are passed over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from incidentd.configuration.store_address import hosts, place
from incidentd.storage import lineage, pooler
from incidentd.storage.lineage import Lineage

log = structlog.get_logger("incidentd.storage")
CONNECT_SECONDS = 4.0
"""For each host of the address."""
LOOK_SECONDS = 5.0
"""Between two looks at the hosts that are not in use."""
_WHO = "SELECT pg_backend_pid() AS pid, pg_is_in_recovery() AS follows"


class StandsBy(OSError):
    """The database that was reached is not the one that takes writes."""

    def __init__(self) -> None:
        super().__init__("the server is a standby and takes no writes")


class NoHost(OSError):
    """None of several hosts could be used; the message says of each why."""


class Connecting:
    """Opens connections, to the host that answered last or else to the next one that does."""

    def __init__(self, url: str, seen: Lineage | None = None) -> None:
        self.addresses = list(hosts(url))
        self.seen = Lineage() if seen is None else seen
        self._with_sessions: set[str] = set()
        self._tells_history = True

    async def open(self) -> Any:
        """A connection of asyncpg. Raises what is wrong with the only host, or `NoHost`."""
        import asyncpg  # type: ignore[import-untyped]

        errors: list[Exception] = []
        tried = tuple(self.addresses)
        for address in tried:
            try:
                found = await self._opened(address)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as failure:
                errors.append(failure)
                continue
            self._prefer(address)
            return found
        if len(errors) == 1:
            raise errors[0]
        said = (f"{place(one)}: {str(error) or type(error).__name__}" for one, error in zip(tried, errors, strict=True))
        raise NoHost("; ".join(said))

    def _prefer(self, address: str) -> None:
        self.addresses.remove(address)
        self.addresses.insert(0, address)

    async def watch(self) -> None:
        """For ever: look whether another host took the place of the one in use, which may go on and not know it."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for address in tuple(self.addresses[1:]):
                try:
                    await self._look_at(address)
                except Exception as error:  # most of them are standbys, or away
                    log.debug("database_host_not_used", host=place(address), error=repr(error))

    async def _look_at(self, address: str) -> None:
        import asyncpg

        found = await asyncpg.connect(address, timeout=CONNECT_SECONDS)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                follows = (await found.fetchrow(_WHO))["follows"]
                history = None if follows else await self._history(found)
        finally:
            found.terminate()
        if history is not None and self.seen.is_newer(*history):
            self._prefer(address)
            self.seen.admit(*history)

    async def _opened(self, address: str) -> Any:
        import asyncpg

        async def line() -> Any:
            return await asyncpg.connect(address, timeout=CONNECT_SECONDS)

        found = await line()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._look(found, address, line)
        except BaseException as error:
            found.terminate()
            if pooler.tells_of_pooler(error):
                raise pooler.NoSession from error
            raise
        return found

    async def _look(self, found: Any, address: str, another: Callable[[], Awaitable[Any]]) -> None:
        """Raises when a connection is none to write by."""
        who = await found.fetchrow(_WHO)
        if who["follows"]:
            raise StandsBy
        unknown = address not in self._with_sessions and pooler.is_between(found, who["pid"])
        if unknown and await pooler.require_session(found, who["pid"], another):
            self._with_sessions.add(address)
        if (history := await self._history(found)) is not None:
            self.seen.admit(*history)

    async def _history(self, found: Any) -> tuple[int, int] | None:
        """The system and the timeline of a server that takes writes; None where it does not tell."""
        import asyncpg

        if not self._tells_history:
            return None
        try:
            history = await found.fetchrow(lineage.QUESTION)
        except asyncpg.PostgresError as error:
            if str(error.sqlstate).startswith("57"):  # it is about to end
                raise
            self._tells_history = False
            log.warning("database_history_unknown", error=str(error))
            return None
        return history["system"], int(history["timeline"], 16)


def engine_url(url: str) -> URL:
    """What SQLAlchemy knows a database by. It connects nowhere: see `lead`."""
    return URL.create("postgresql+asyncpg", database=" or ".join(map(place, hosts(url))))


def lead(engine: AsyncEngine, opened: Callable[[], Awaitable[Any]]) -> None:
    """Let an engine have its connections from `opened`: SQLAlchemy's own way knows one host, and fewer parameters."""
    event.listen(engine.sync_engine, "do_connect", lambda dialect, *_: dialect.connect(async_creator_fn=opened))
