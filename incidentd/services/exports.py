"""Everything about an incident, read at one instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from incidentd import wire
from incidentd.services import measuring, report_views, review_views
from incidentd.services import pages as page_views
from incidentd.services.incident_views import Seen, detail, existing
from incidentd.services.timeline import timeline
from incidentd.storage import alerts, audit_chain, pages, reports, reviews
from incidentd.storage.alerts import AlertRow
from incidentd.wire.audit import AuditHead
from incidentd.wire.export import FORMAT, IncidentExport, ReviewExport

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
        review=_review(seen, incident_id, viewer),
        audit=AuditHead(incident_id=incident_id, count=count, head=head),
    )


def _review(seen: Seen, incident_id: int, viewer: str) -> ReviewExport | None:
    """What is shared of the review. What `viewer` alone may read as yet is not for a document that is passed on."""
    row = reviews.get(seen.conn, incident_id)
    if row is None:
        return None
    shown = review_views.view(seen, row, viewer)
    return ReviewExport(
        review=shown.review,
        accounts=shown.accounts if row.accounts_shared else (),
        factors=shown.factors if row.factors_revealed else (),
        themes=shown.themes,
        learnings=shown.learnings,
        ideas=shown.ideas,
        actions=shown.actions,
        sections=shown.sections,
        masked_by=shown.masked_by,
    )
