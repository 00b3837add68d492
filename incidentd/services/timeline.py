"""The timeline of an incident, read from the event log: its own events, its alerts', and those of their pages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain.incidents import Incident
from incidentd.domain.timeline import entries
from incidentd.storage import alerts, event_log, incidents, pages
from incidentd.wire import Event

LEAD_IN = timedelta(minutes=30)
"""How long before the start, and after the end, alerts and pages still belong to the story."""


def _belongs(incident: Incident, own: Collection[str], event: Event) -> bool:
    if event.subject in own:
        return event.data.get("from_incident") != incident.id  # a copy of an entry of its own, come back by a merge
    ended = incident.resolved_at or incident.closed_at
    early = event.at < incident.started_at - LEAD_IN
    late = ended is not None and event.at > ended + LEAD_IN
    # The incident's own event already says which alerts were linked.
    return not early and not late and not event.kind.startswith("incident.")


def _with_merged(conn: Connection, incident: Incident) -> list[Incident]:
    """The incident, those that were merged into it, and those merged into them."""
    found = [incident]
    for one in found:
        known = {other.id for other in found}
        found += [other for other in incidents.merged_into(conn, one.id) if other.id not in known]
    return found


def timeline(conn: Connection, incident: Incident) -> wire.Timeline:
    """Everything that happened, by when it happened, with what was written in incidents that were merged into it."""
    members = _with_merged(conn, incident)
    alert_ids = incidents.alert_ids_of(conn, [incident.id])[incident.id]
    page_ids = {one for ids in incidents.page_ids_of(conn, members).values() for one in ids}
    names = {one.subject: one.name for one in alerts.get_many(conn, alert_ids)}
    for page_id in sorted(page_ids):
        page = pages.get(conn, page_id)
        if page is not None:
            names[page.subject] = page.title
    own = [one.subject for one in members]
    events = [one for one in event_log.of_subjects(conn, [*own, *names]) if _belongs(incident, own, one)]
    merged = {one.subject: f"INC-{one.id}" for one in members[1:]}
    return wire.Timeline(entries=entries(events, names, merged))
