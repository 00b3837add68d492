"""Reports and the incident behind them: declared from reports, told of to reporters, with a look at it before."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain.broadcast import is_public
from incidentd.domain.incidents import Incident, Status
from incidentd.domain.reports import Report, State
from incidentd.domain.updates import Phase
from incidentd.services.broadcast import Broadcast, ToTell
from incidentd.services.errors import Invalid, Refused
from incidentd.services.incident_views import existing as existing_incident
from incidentd.services.incidents import Incidents
from incidentd.services.report_changes import ReportChanges
from incidentd.services.report_views import existing
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports

_TITLE = 250
_AFTER = (Status.RESOLVED, Status.COOLING, Status.REVIEW_READY, Status.IN_REVIEW, Status.LEARNING, Status.CLOSED,
          Status.FALSE_ALARM)  # fmt: skip


class ReportIncidents:
    """Implements `contracts.BroadcastCalls`."""

    def __init__(self, store: Store, incidents: Incidents, broadcast: Broadcast, changes: ReportChanges) -> None:
        self._store = store
        self._incidents = incidents
        self._broadcast = broadcast
        self._changes = changes

    async def declare(self, body: wire_reports.DeclareFromReports, actor: str) -> wire.Incident:
        """Declare an incident from reports, which are linked to it, with their alerts. Raises `NotFound`, `Invalid`."""

        return await self._store.write(lambda tx: self._incidents.shown(tx, self.declare_in(tx, body, actor)))

    def declare_in(self, tx: Tx, body: wire_reports.DeclareFromReports, actor: str, *, via: str = "") -> Incident:
        """Declare as part of a transaction. Raises `NotFound` and `Invalid`."""
        found = [existing(tx.conn, one, lock=True) for one in sorted(set(body.report_ids))]
        incident = self._incidents.declare_in(tx, _declaration(body, found), actor, via=via)
        for one in found:
            self._link(tx, existing(tx.conn, one.id), incident, actor)
        return incident

    def _link(self, tx: Tx, report: Report, incident: Incident, actor: str) -> None:
        wanted = wire_reports.ChangeReport(to="linked", incident_id=incident.id, alert_id=report.alert_id)
        if report.incident_id == incident.id:  # it came with its alert, or with what it is a duplicate of
            return
        if report.state is State.LINKED:
            if report.incident_id is not None:
                raise Refused(
                    f"{report.reference} is linked to INC-{report.incident_id} already",
                    field="report_ids",
                    remedy="leave it out, or take it back to triaging first",
                )
            self._changes.link(tx, report, incident.id, actor)
            return
        self._changes.change_state(tx, report, wanted, actor)

    async def preview(self, incident_id: int, body: wire_reports.PreviewBroadcast) -> wire_reports.BroadcastPreview:
        """Who would be told what by an update to customers, or by a change of status. Raises `NotFound`, `Invalid`."""
        if bool(body.text) == bool(body.status):
            raise Invalid("give the text of an update, or a status", field="text", remedy="one of the two")

        def read(conn: Connection) -> wire_reports.BroadcastPreview:
            incident = existing_incident(conn, incident_id)
            if body.status:
                told = self._broadcast.of_status(conn, incident, Status(body.status))
            else:
                told = self._broadcast.of_update(conn, incident, Phase(body.phase), body.text, 0)
            return wire_reports.BroadcastPreview(
                to=tuple(map(_told, told)),
                on_page=bool(body.text) and is_public(incident),
                page_title=incident.public_title,
            )

        return await self._store.read(read)

    async def learned(self, incident_id: int, body: wire_reports.Learned, actor: str) -> wire_reports.BroadcastPreview:
        """Tell everybody who reported what was learned, once. Raises `NotFound`, and `Refused` before the end."""

        def command(tx: Tx) -> wire_reports.BroadcastPreview:
            incident = existing_incident(tx.conn, incident_id, lock=True)
            if incident.status not in _AFTER:
                raise Refused(f"INC-{incident.id} is {incident.status}: nothing was learned yet", field="text",
                              remedy="post an update to customers instead")  # fmt: skip
            told = self._broadcast.learned(tx, incident, body.text, actor)
            return wire_reports.BroadcastPreview(to=tuple(map(_told, told)))

        return await self._store.write(command)


def _declaration(body: wire_reports.DeclareFromReports, found: Sequence[Report]) -> wire_incidents.DeclareIncident:
    """What is not said comes from the reports: the first one's words, and when the first of them came."""
    first = min(found, key=lambda one: one.created_at)
    return wire_incidents.DeclareIncident(
        title=(body.title or first.subject or first.reference)[:_TITLE],
        severity=body.severity,
        summary=body.summary,
        service=body.service or next((one.service for one in found if one.service), ""),
        alert_ids=tuple(sorted({one.alert_id for one in found if one.alert_id is not None})),
        suspected=body.suspected,
        many_stakeholders=body.many_stakeholders,
        started_at=first.created_at,
    )


def _told(one: ToTell) -> wire_reports.BroadcastTo:
    report = one.report
    return wire_reports.BroadcastTo(
        report_id=report.id,
        reference=report.reference,
        channel=report.channel,
        recipient=report.recipient,
        private=report.private,
        text=one.text,
        told_before=one.told,
    )
