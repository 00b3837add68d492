"""Wake-ups between the nodes that share one PostgreSQL: one NOTIFY a commit, heard by all the others.

A notice is a hint and nothing more: loops poll as well, so one that gets lost costs a second, not an alert. What a node
tells the others by a second channel is stored nowhere, and is lost to a node that does not listen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from sqlalchemy import TextClause, text

from incidentd.storage.connecting import StandsBy
from incidentd.storage.reach import Reach
from incidentd.storage.tx import Tx

CHANNEL = "incidentd"
TELLING = "incidentd_telling"
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")
_EVERY_SECONDS = 1.0
_ANSWER_SECONDS = 3.0
log = structlog.get_logger("incidentd.storage")


def send(tx: Tx, node: str) -> None:
    """Tell the other nodes, once this transaction commits; PostgreSQL folds equal notices of one transaction."""
    tx.conn.execute(_NOTIFY, {"channel": CHANNEL, "payload": node})


def telling(node: str, told: str) -> tuple[TextClause, dict[str, str]]:
    """The statement that lets the others hear `told`."""
    return _NOTIFY, {"channel": TELLING, "payload": f"{node} {told}"}


class Listener:
    """A connection of its own that hears the notices of other nodes; it is opened again whenever it breaks.

    It is also how a node knows that the database answers: it is asked every second.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Any]],
        reach: Reach,
        node: str,
        heard: Callable[[], None],
        told: Callable[[str], None],
    ) -> None:
        self._connect = connect
        self._reach = reach
        self._node = node
        self._heard = heard
        self._told = told
        self._task = asyncio.create_task(self._listen(), name="notices")

    def _on_notice(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        if payload != self._node:
            self._heard()

    def _on_telling(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        node, _, told = payload.partition(" ")
        if node != self._node:
            self._told(told)

    async def _listen(self) -> None:
        import asyncpg  # type: ignore[import-untyped]

        broken = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
        while True:
            try:
                connection = await self._connect()
            except broken as error:
                self._reach.lost(error)
                await asyncio.sleep(_EVERY_SECONDS)
                continue
            try:
                await self._hear(connection)
            except broken as error:  # a new connection says whether the database is gone, or only this one
                log.warning("notices_interrupted", error=repr(error))
                if isinstance(error, StandsBy):
                    self._reach.lost(error)
                    await asyncio.sleep(_EVERY_SECONDS)
            finally:
                connection.terminate()

    async def _hear(self, connection: Any) -> None:
        """Returns never. Raises `TimeoutError` when the database falls silent, `StandsBy`, and what asyncpg raises."""
        async with asyncio.timeout(_ANSWER_SECONDS):
            await _asked(connection)
            await connection.add_listener(CHANNEL, self._on_notice)
            await connection.add_listener(TELLING, self._on_telling)
        self._reach.answered()
        self._heard()  # whatever happened while nobody listened
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            async with asyncio.timeout(_ANSWER_SECONDS):
                await _asked(connection)

    async def close(self) -> None:
        """Stop listening."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def _asked(connection: Any) -> None:
    """A server that was demoted answers, and takes no writes."""
    if await connection.fetchval("SELECT pg_is_in_recovery()"):
        raise StandsBy
