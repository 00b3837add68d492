"""Connections to the PostgreSQL of an address, of whose hosts one may take writes.

They are tried in turn, each for a few seconds, the one that answered last first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from incidentd.configuration.store_address import hosts, place

CONNECT_SECONDS = 4.0
"""For each host of the address."""


class NoHost(OSError):
    """None of several hosts could be used; the message says of each why."""


class Connecting:
    """Opens connections, to the host that answered last or else to the next one that does."""

    def __init__(self, url: str) -> None:
        self.addresses = list(hosts(url))

    async def open(self) -> Any:
        """A connection of asyncpg. Raises what the only host raised, or `NoHost`."""
        import asyncpg  # type: ignore[import-untyped]

        errors: list[Exception] = []
        tried = tuple(self.addresses)
        for address in tried:
            try:
                found = await asyncpg.connect(address, timeout=CONNECT_SECONDS)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as failure:
                errors.append(failure)
                continue
            self.addresses.remove(address)
            self.addresses.insert(0, address)
            return found
        if len(errors) == 1:
            raise errors[0]
        said = (f"{place(one)}: {str(error) or type(error).__name__}" for one, error in zip(tried, errors, strict=True))
        raise NoHost("; ".join(said))


def engine_url(url: str) -> URL:
    """What SQLAlchemy knows a database by. It connects nowhere: see `lead`."""
    return URL.create("postgresql+asyncpg", database=" or ".join(map(place, hosts(url))))


def lead(engine: AsyncEngine, opened: Callable[[], Awaitable[Any]]) -> None:
    """Let an engine have its connections from `opened`: SQLAlchemy's own way knows one host, and fewer parameters."""
    event.listen(engine.sync_engine, "do_connect", lambda dialect, *_: dialect.connect(async_creator_fn=opened))
