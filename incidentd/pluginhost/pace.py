"""How fast a plugin may submit what it found by itself.

A source that answers requests is slowed down by its senders and `[ingress] rate`. One that submits from its own task is
slowed down by nobody: it would fill the store, and the alerts of others would wait behind its own to be routed. So it
waits: `submit` returns later, and nothing is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar

RATE = 500.0
"""Signals a second of one instance for as long as it likes; `BURST` may come at once."""
BURST = 2000.0
_ANSWERING: ContextVar[bool] = ContextVar("answering", default=False)


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Inside, a request of a sender is answered: the sender waits already."""
    token = _ANSWERING.set(True)
    try:
        yield
    finally:
        _ANSWERING.reset(token)


class Pace:
    """Of one instance. `now` is in seconds and never goes back."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._left = BURST
        self._at = now()

    async def take(self, number: int) -> None:
        """Returns when so many more may be submitted; those who wait are served in their order."""
        if _ANSWERING.get():
            return
        now = self._now()
        self._left = min(BURST, self._left + (now - self._at) * RATE) - number
        self._at = now
        if self._left < 0:
            await self._sleep(-self._left / RATE)
