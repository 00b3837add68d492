"""Looking for what a vendor did not deliver, where it does not deliver again. Since API version 1.6."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from incidentd.plugin.adapters import Context, StoreUnavailable
from incidentd.plugin.memory import MAX_MEMORY_KEY, MemoryRefused
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.values import PermanentFailure, TemporaryFailure

Look = Callable[[datetime], Awaitable[None]]
"""Takes in what came to one place since an instant. What was taken in before has to keep its id."""


class CatchingUp:
    """Rounds through some places, each from where the last one began; the instance's memory knows since when.

    A place that is new is looked through from the next round on: what is older is not taken in.
    """

    def __init__(self, context: Context, overlap: timedelta) -> None:
        self._context = context
        self._overlap = overlap  # that the vendor's clock may be off ours, and its lists behind
        self.behind = ""  # why the last round did not come to its end

    async def rounds(self, places: Mapping[str, Look], every: timedelta) -> None:
        """One round after the other; returns at once where there are no places."""
        while places:
            await self.round(places)
            await asyncio.sleep(every.total_seconds())

    async def round(self, places: Mapping[str, Look]) -> None:
        """One round. Where it fails, `behind` says why, and the next one begins where this one did."""
        try:
            for name, look in places.items():
                await self._look(f"looked:{name}"[:MAX_MEMORY_KEY], look)
        except (TemporaryFailure, PermanentFailure, UnknownOutcome, StoreUnavailable, MemoryRefused) as error:
            self.behind = f"cannot look for what was not delivered: {error}"
        else:
            self.behind = ""

    async def _look(self, key: str, look: Look) -> None:
        now: datetime = self._context.now()
        before = await self._context.memory.get(key)
        if before is not None:
            await look(datetime.fromisoformat(before.decode()) - self._overlap)
        await self._context.memory.swap(key, before, now.isoformat().encode())
