"""The support layer, wired together: what customers write comes in here, and what we answer goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.broadcast import Broadcast
from incidentd.services.customers import Customers
from incidentd.services.escalation import Escalation, Handler
from incidentd.services.report_changes import ReportChanges
from incidentd.services.report_clocks import ReportClocks
from incidentd.services.report_intake import ReportIntake
from incidentd.services.report_outbound import Outbound
from incidentd.services.report_receipts import ReportReceipts
from incidentd.services.reports import Reports
from incidentd.storage.store import Store


class SupportDesk:
    """Owns the services of reports."""

    def __init__(
        self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster], escalation: Escalation
    ) -> None:
        self._store = store
        self._process = process
        self._promised: object = None  # what every clock is in line with
        self.clocks = ReportClocks(lambda: process().support, roster, escalation)
        self.intake = ReportIntake(store)
        self.intake.followers.append(lambda tx, came: self.clocks.follow(tx, came.report))
        self.outbound = Outbound(roster)
        receipts = ReportReceipts(lambda: process().support, self.outbound)
        self.intake.followers.append(receipts.on_message)
        self.changes = ReportChanges(self.outbound, self.clocks.follow)
        self.reports = Reports(store, roster, lambda: process().support, self.intake, self.changes)
        self.broadcast = Broadcast(lambda: process().support, self.changes)
        self.customers = Customers(store, self.changes)

    async def recheck(self) -> None:
        """At a start and after a reload: what is promised to reporters may have changed."""
        promised = (self._process().support.clocks, self._process().support.calendars)
        if promised != self._promised:
            await self._store.write(self.clocks.recheck)
            self._promised = promised

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return self.clocks.handlers()
