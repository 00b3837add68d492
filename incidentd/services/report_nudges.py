"""What follows from a report that is like others: "declare an incident?", or a second look at what was no fault."""

from __future__ import annotations

from collections.abc import Callable

from incidentd.domain.reports import Report, State, reopened_by_match
from incidentd.domain.support import Support
from incidentd.services.report_changes import ReportChanges
from incidentd.services.report_intake import Came
from incidentd.services.report_likeness import Alike
from incidentd.storage import event_log, reports
from incidentd.storage.tx import SYSTEM, Tx

NUDGED = "report.nudged"


class Nudges:
    """Listens to what comes in, and to what is corrected of it."""

    def __init__(self, support: Callable[[], Support], changes: ReportChanges) -> None:
        self._support = support
        self._changes = changes

    def on_message(self, tx: Tx, came: Came) -> Report:
        """A report has come in, or its channel has told more of it."""
        if not came.message.automatic:
            alike = Alike(tx.conn, came.report, self._support())
            if came.new_report:
                self._look_again(tx, came.report, alike)
            self._ask(tx, came.report, alike)
        return came.report

    def on_edit(self, tx: Tx, report: Report) -> None:
        """Its subject, service or tags were corrected."""
        self._ask(tx, report, Alike(tx.conn, report, self._support()))

    def _ask(self, tx: Tx, report: Report, alike: Alike) -> None:
        """Ask for an incident where a cluster is large enough, once, and again when it has doubled."""
        found = alike.nudge()
        if found is None:
            return
        subjects = [f"report:{number}" for number in found.reports]
        before = [one.data for one in event_log.of_subjects(tx.conn, subjects, [NUDGED])]
        before += [one.data for one in tx.events if one.kind == NUDGED and one.subject in subjects]
        if len(found.reports) >= 2 * max((int(str(data["count"])) for data in before), default=0):
            tx.emit(NUDGED, report.about, {"reports": found.reports, "count": len(found.reports), "why": found.why})

    def _look_again(self, tx: Tx, report: Report, alike: Alike) -> None:
        """Where no fault was found, and another customer sees it too, there may be one after all."""
        for one in alike.suggestions:
            other = reports.get(tx.conn, one.id, lock=True)
            if other is None or not reopened_by_match(other, report.customer_id):
                continue
            reason = f"{report.reference}, of another customer, is like it: {'; '.join(one.reasons)}"
            data = {"from": other.state, "to": State.TRIAGING, "reason": reason}
            tx.emit("report.state", other.about, data, actor=SYSTEM)
            self._changes.save(tx, other, state=State.TRIAGING)
