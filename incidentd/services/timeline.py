"""The timeline of an incident, read from the event log: its own events, its alerts', and those of their pages."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain.incidents import Incident
from incidentd.domain.timeline import entries
from incidentd.storage import alerts, event_log, incidents, pages
from incidentd.wire import Event

LEAD_IN = timedelta(minutes=30)
"""How long before the start, and after the end, alerts and pages still belong to the story."""


def _belongs(incident: Incident, event: Event) -> bool:
    if event.subject == incident.subject:
        return True
    ended = incident.resolved_at or incident.closed_at
    early = event.at < incident.started_at - LEAD_IN
    late = ended is not None and event.at > ended + LEAD_IN
    # The incident's own event already says which alerts were linked.
    return not early and not late and not event.kind.startswith("incident.")


def timeline(conn: Connection, incident: Incident) -> wire.Timeline:
    """Everything that happened, by when it happened."""
    alert_ids = incidents.alert_ids_of(conn, [incident.id])[incident.id]
    page_ids = incidents.page_ids_of(conn, [incident])[incident.id]
    names = {one.subject: one.name for one in alerts.get_many(conn, alert_ids)}
    for page_id in page_ids:
        page = pages.get(conn, page_id)
        if page is not None:
            names[page.subject] = page.title
    subjects = [incident.subject, *names]
    events = [one for one in event_log.of_subjects(conn, subjects) if _belongs(incident, one)]
    return wire.Timeline(entries=entries(events, names))
