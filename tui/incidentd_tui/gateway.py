"""The only door to the daemon: what comes through it is inert text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from incidentd import wire
from incidentd.client import Client
from incidentd_tui.inert import inert

T = TypeVar("T")


class Gateway:
    """`await gateway.ask(gateway.client.alerts())`: the answer with every string sanitised."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def ask(self, answer: Awaitable[T]) -> T:
        """Raises what the client raises: `ApiError`, `Unreachable`, `VersionMismatch`."""
        return inert(await answer)

    async def ask_much(self, answer: Awaitable[T]) -> T:
        """The same for an answer of thousands of values: they are sanitised off the event loop."""
        return await asyncio.to_thread(inert, await answer)

    async def events(self, after: int, on_state: Callable[[bool], None]) -> AsyncIterator[wire.Event]:
        """Every event after seq `after`, across reconnects."""
        async for event in self.client.events(after, on_state):
            yield inert(event)
