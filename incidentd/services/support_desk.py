"""The support layer, wired together: what customers write comes in here, and what we answer goes out."""

from __future__ import annotations

from collections.abc import Callable

from incidentd.domain.people import Roster
from incidentd.services.customers import Customers
from incidentd.services.report_changes import ReportChanges
from incidentd.services.report_intake import ReportIntake
from incidentd.services.report_outbound import Outbound
from incidentd.services.reports import Reports
from incidentd.storage.store import Store


class SupportDesk:
    """Owns the services of reports."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self.intake = ReportIntake(store)
        self.outbound = Outbound(roster)
        self.changes = ReportChanges(self.outbound)
        self.reports = Reports(store, roster, self.intake, self.changes)
        self.customers = Customers(store, self.changes)
