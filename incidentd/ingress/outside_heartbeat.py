"""The heartbeat to outside: a ping that says "incidentd works", sent only while it does.

Whatever takes pings of healthchecks.io takes it, another incidentd too. It pages when the ping stays away, for a daemon
that is dead, or cannot store, or no longer sends, can page for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
import structlog

from incidentd.domain.own_alarms import OwnAlarm
from incidentd.plugin.values import Secret

_SEND_SECONDS = 10.0
_WITHHELD = "is withheld"
log = structlog.get_logger("incidentd.heartbeat")


class OutsideHeartbeat:
    """Pings `url` every so often while `signs` finds nothing wrong. `problem` says why the latest was not sent, or not
    taken."""

    def __init__(
        self, url: Secret, every: timedelta, signs: Callable[[], Awaitable[list[str]]], http: aiohttp.ClientSession
    ) -> None:
        self._url = url
        self._every = every.total_seconds()
        self._signs = signs
        self._http = http
        self._task: asyncio.Task[None] | None = None
        self.problem = ""

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="outside-heartbeat")

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await self.beat()
            await asyncio.sleep(max(0.0, began + self._every - loop.time()))

    async def beat(self) -> None:
        """Look, and ping if all is well. Raises nothing."""
        wrong = await self._signs()
        problem = f"{_WITHHELD}: {'; '.join(wrong)}" if wrong else await self._send()
        if problem != self.problem:
            log.warning("heartbeat_problem", problem=problem) if problem else log.info("heartbeat_sent_again")
        self.problem = problem

    def problems(self) -> list[OwnAlarm]:
        """The latest one, for health."""
        code = "heartbeat-withheld" if self.problem.startswith(_WITHHELD) else "heartbeat-not-sent"
        return [OwnAlarm(code, f"the heartbeat to outside {self.problem}")] if self.problem else []

    async def _send(self) -> str:
        """What went wrong; the URL stands in no text, for who knows it may ping."""
        limit = aiohttp.ClientTimeout(total=_SEND_SECONDS)
        try:
            async with self._http.get(self._url.reveal(), timeout=limit, allow_redirects=False) as answer:
                return "" if 200 <= answer.status < 300 else f"was refused: HTTP {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return f"could not be sent: {type(error).__name__}"

    async def close(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
