"""Blocking calls that must never hold up the daemon, not even its end."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from incidentd.plugin import TemporaryFailure

T = TypeVar("T")


class DaemonThreads:
    """Runs each call in a thread of its own, at most `limit` at once.

    Unlike the threads of an executor these are not waited for when the process ends: Apprise cannot be interrupted.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._running = 0

    async def run(self, call: Callable[[], T]) -> T:
        """The result of `call`. A cancelled caller leaves at once; the thread ends by its own time limits.

        Raises what `call` raises, and `TemporaryFailure` when `limit` calls are still running.
        """
        if self._running >= self._limit:
            raise TemporaryFailure(f"{self._limit} earlier sends have not ended yet")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def settle(result: T | None, error: Exception | None) -> None:
            self._running -= 1
            if done.done():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(result)  # type: ignore[arg-type] # None only where T allows it

        def work() -> None:
            result: T | None = None
            error: Exception | None = None
            try:
                result = call()
            except Exception as exc:
                error = exc
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, result, error)

        self._running += 1
        threading.Thread(target=work, name="apprise-send", daemon=True).start()
        return await done
