"""Everything about an incident, read at one instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from incidentd import wire
from incidentd.services import measuring, report_views
from incidentd.services import pages as page_views
from incidentd.services.incident_views import Seen, detail, existing
from incidentd.services.timeline import timeline
from incidentd.storage import alerts, audit_chain, pages, reports
from incidentd.storage.alerts import AlertRow
from incidentd.wire.audit import AuditHead
from incidentd.wire.export import FORMAT, IncidentExport

AlertViews = Callable[[Connection, Sequence[AlertRow]], tuple[wire.Alert, ...]]


def export(seen: Seen, incident_id: int, alert_views: AlertViews, viewer: str) -> IncidentExport:
    """The document. Raises `NotFound`."""
    conn = seen.conn
    incident, shown = existing(conn, incident_id), detail(seen, incident_id)
    count, head = audit_chain.head(conn, incident_id)
    found = [pages.get(conn, one) for one in shown.incident.page_ids]
    return IncidentExport(
        format=FORMAT,
        exported_at=seen.now,
        review_name=seen.process.review_name,
        detail=shown,
        timeline=timeline(conn, incident).entries,
        alerts=alert_views(conn, alerts.get_many(conn, shown.incident.alert_ids)),
        reports=tuple(report_views.view(conn, one, seen.now) for one in reports.of_incident(conn, incident_id)),
        pages=page_views.views(conn, [one for one in found if one is not None], viewer),
        measures=measuring.measures(seen, incident),
        audit=AuditHead(incident_id=incident_id, count=count, head=head),
    )
