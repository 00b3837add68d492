"""What a support channel instance is lent to put messages in."""

from __future__ import annotations

from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.support import Received, Taken


class LentReports:
    """The reports of one channel instance; implements `plugin.ReportBook`."""

    def __init__(self, instance: str) -> None:
        self._instance = instance

    async def receive(self, message: Received) -> Taken:
        """Refuse: nothing stores reports yet, so that the sender keeps them."""
        raise StoreUnavailable(f"{self._instance} cannot store reports yet; send it again")
