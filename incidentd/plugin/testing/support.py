"""A double of where support channels put what customers write. The conformance class is in `channels`."""

from __future__ import annotations

import msgspec

from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.support import Received, Taken


class RecordingReports:
    """Keeps every message once; `unavailable` lets it fail as a store that is down."""

    def __init__(self) -> None:
        self.messages: list[Received] = []
        self.unavailable = False
        self._threads: dict[str, int] = {}
        self._taken: dict[str, Taken] = {}

    async def receive(self, message: Received) -> Taken:
        """Keep it as the daemon would: a known id changes nothing, a known thread belongs to its report."""
        if self.unavailable:
            raise StoreUnavailable("the test's store is down")
        if message.id in self._taken:
            return msgspec.structs.replace(self._taken[message.id], new_report=False, known=True)
        new_report = message.thread not in self._threads
        report = self._threads.setdefault(message.thread, len(self._threads) + 1)
        self.messages.append(message)
        taken = Taken(
            report_id=report,
            message_id=len(self.messages),
            reference=f"R-{report}",
            new_report=new_report,
            known=False,
        )
        self._taken[message.id] = taken
        return taken
