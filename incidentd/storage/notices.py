"""Wake-ups between the nodes that share one PostgreSQL: one NOTIFY a commit, heard by all the others.

A notice is a hint and nothing more: loops poll as well, so one that gets lost costs a second, not an alert. What a node
tells the others by a second channel is stored nowhere, and is lost to a node that does not listen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.engine import URL

from incidentd.storage.tx import Tx

CHANNEL = "incidentd"
TELLING = "incidentd_telling"
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")
_RETRY_SECONDS = 2.0
_CHECK_SECONDS = 20.0
log = structlog.get_logger("incidentd.storage")


def send(tx: Tx, node: str) -> None:
    """Tell the other nodes, once this transaction commits; PostgreSQL folds equal notices of one transaction."""
    tx.conn.execute(_NOTIFY, {"channel": CHANNEL, "payload": node})


def telling(node: str, told: str) -> tuple[TextClause, dict[str, str]]:
    """The statement that lets the others hear `told`."""
    return _NOTIFY, {"channel": TELLING, "payload": f"{node} {told}"}


class Listener:
    """A connection of its own that hears the notices of other nodes; it is opened again whenever it breaks."""

    def __init__(self, url: URL, node: str, heard: Callable[[], None], told: Callable[[str], None]) -> None:
        self._url = url
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

        dsn = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                connection = await asyncpg.connect(dsn)
                try:
                    await connection.add_listener(CHANNEL, self._on_notice)
                    await connection.add_listener(TELLING, self._on_telling)
                    self._heard()  # whatever happened while nobody listened
                    while True:
                        await asyncio.sleep(_CHECK_SECONDS)
                        await connection.execute("SELECT 1")  # a dead peer shows itself only when it is asked
                finally:
                    await connection.close(timeout=1)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("notices_interrupted", error=repr(error))
                await asyncio.sleep(_RETRY_SECONDS)

    async def close(self) -> None:
        """Stop listening."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
