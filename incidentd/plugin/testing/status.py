"""A double of what customers were told of incidents."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.status import PublicIncident


class SettableStatus:
    """A `StatusReader` that answers with `told`, which the test fills in; not `available`, it fails as a store that is
    down."""

    def __init__(self) -> None:
        self.told: list[PublicIncident] = []
        self.available = True
        self.asked: list[datetime] = []  # the `since` of each call

    async def incidents(self, since: datetime) -> Sequence[PublicIncident]:
        """What the test said: those that are not over, and those with an update at or after `since`, newest first."""
        await asyncio.sleep(0)  # a real store suspends here
        if not self.available:
            raise StoreUnavailable("the test said so")
        self.asked.append(since)
        chosen = [one for one in self.told if not one.over or one.updates[-1].at >= since]
        return sorted(chosen, key=lambda one: one.id, reverse=True)
