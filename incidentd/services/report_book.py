"""What a support channel instance is lent to put messages in."""

from __future__ import annotations

from collections.abc import Callable

from incidentd.plugin.support import Received, Taken
from incidentd.services.report_intake import ReportIntake


class LentReports:
    """The reports of one channel instance; implements `plugin.ReportBook`."""

    def __init__(self, intake: Callable[[], ReportIntake], instance: str) -> None:
        self._intake = intake
        self._instance = instance

    async def receive(self, message: Received) -> Taken:
        """Store a message. Raises `BadRequest` and `StoreUnavailable`."""
        return await self._intake().receive(self._instance, message)
