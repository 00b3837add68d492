"""What a report is linked to; everything here happens inside a command."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from incidentd.domain.incidents import Incident
from incidentd.domain.reports import OWED, Report, State
from incidentd.storage import incidents, reports
from incidentd.storage.tx import Tx


def spread(tx: Tx, before: Report, after: Report, actor: str) -> None:
    """Incidents and alerts say which reports came to them or were taken off; whoever reported the same goes along."""
    _tell_incidents(tx, before, after, actor)
    _tell_alerts(tx, before, after, actor)
    for number in reports.duplicates_of(tx.conn, after.id):
        duplicate = reports.get(tx.conn, number, lock=True)
        if duplicate is None or duplicate.state is State.CLOSED:
            continue
        of = after.duplicate_of or after.id  # what is a duplicate of a duplicate is one of the first
        if (duplicate.incident_id, duplicate.duplicate_of) != (after.incident_id, of):
            changed = reports.change(tx, duplicate, incident_id=after.incident_id, duplicate_of=of)
            _tell_incidents(tx, duplicate, changed, actor)


def _tell_incidents(tx: Tx, before: Report, after: Report, actor: str) -> None:
    if before.incident_id == after.incident_id:
        return
    data = {"report": after.reference, "subject": after.subject}
    if before.incident_id is not None:
        tx.emit("incident.report_unlinked", f"incident:{before.incident_id}", data, actor=actor)
    if after.incident_id is not None:
        tx.emit("incident.report_linked", f"incident:{after.incident_id}", data, actor=actor)


def _tell_alerts(tx: Tx, before: Report, after: Report, actor: str) -> None:
    if before.alert_id == after.alert_id:
        return
    data = {"report": after.reference, "subject": after.subject}
    if before.alert_id is not None:
        tx.emit("alert.report_unlinked", f"alert:{before.alert_id}", data, actor=actor)
    if after.alert_id is not None:
        tx.emit("alert.report_linked", f"alert:{after.alert_id}", data, actor=actor)


def original(tx: Tx, report_id: int | None) -> int | None:
    """The report that a duplicate of `report_id` is one of: where that is one itself, what it is one of."""
    found = reports.get(tx.conn, report_id) if report_id is not None else None
    return report_id if found is None or found.duplicate_of is None else found.duplicate_of


def incident_behind(tx: Tx, report: Report) -> int | None:
    """The incident that a report goes with: its own, that of its alert, or that of the report it is a duplicate of."""
    if report.duplicate_of is not None:
        original = reports.get(tx.conn, report.duplicate_of)
        return None if original is None else original.incident_id
    if report.incident_id is None and report.alert_id is not None:
        return incidents.open_one_of_alert(tx.conn, report.alert_id)
    return report.incident_id


def join_by_alerts(tx: Tx, incident: Incident, alert_ids: Sequence[int], actor: str) -> None:
    """Reports that were linked to these alerts belong to the incident too: their reporters hear of it."""
    for report in reports.of_alerts(tx, alert_ids) if incident.drill_id is None else ():
        spread(tx, report, reports.change(tx, report, incident_id=incident.id), actor)


def relink(
    tx: Tx, from_incident: int, to_incident: int, actor: str, *, only: Collection[int] | None = None
) -> tuple[int, ...]:
    """Let the reports of one incident belong to another; returns which. `only` these, if given."""
    moved = [one for one in reports.of_incident(tx.conn, from_incident, lock=True) if only is None or one.id in only]
    for report in moved:
        tx.emit("report.relinked", report.about, {"from": from_incident, "to": to_incident}, actor=actor)
        reports.change(tx, report, incident_id=to_incident)
    return tuple(one.id for one in moved)


def not_followed_up(tx: Tx, incident_id: int) -> tuple[str, ...]:
    """The reports of an incident whose reporters have not heard how it ended."""
    return tuple(one.reference for one in reports.of_incident(tx.conn, incident_id) if one.state in OWED)
