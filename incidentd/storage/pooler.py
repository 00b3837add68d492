"""Whether a pooler between this node and PostgreSQL leaves a connection its session.

pgbouncer in transaction or statement mode gives each transaction to whatever session of the server is free: LISTEN and
prepared statements are then somebody else's, and settings of a session reach others. So session mode is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

_SECONDS = 1.0
_REMEDY = "set pool_mode = session for this database, or let [storage] url lead to the server itself"
_PID = "SELECT pg_backend_pid()"
_MIXED_UP = {"26000", "42P05"}
"""Of a statement that is not prepared where it was, or is where it was not."""


class NoSession(OSError):
    """A pooler that gives sessions away."""

    def __init__(self) -> None:
        super().__init__(f"a pooler gives the sessions of the server away after each transaction: {_REMEDY}")


def is_between(line: Any, pid: int) -> bool:
    """Whether `line` leads to a pooler: what it said of itself when it was opened is not what the server says."""
    return bool(line.get_server_pid() != pid)


async def require_session(line: Any, pid: int, another: Callable[[], Awaitable[Any]]) -> bool:
    """Raises `NoSession` unless the server of `line` goes on to be the one of `pid` while `another` one is busy.

    False when that is not known: a pooler that keeps a session for each may have none left for another.
    """
    other = await another()
    try:
        async with asyncio.timeout(_SECONDS):
            await other.execute("BEGIN")
            taken = await other.fetchval(_PID)
    except TimeoutError:
        other.terminate()
        return False
    try:
        async with asyncio.timeout(_SECONDS):
            if taken == pid or await line.fetchval(_PID) != pid:
                raise NoSession
    except TimeoutError:  # the session is with the other
        raise NoSession from None
    finally:
        other.terminate()
    return True


def tells_of_pooler(error: BaseException) -> bool:
    """Whether a server refused something because the session is not the one it was."""
    said = "pooling mode" in str(error)
    return said or getattr(error, "sqlstate", None) in _MIXED_UP
