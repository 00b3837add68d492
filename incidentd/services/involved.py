"""Who had to do with an incident: held a role, acted, was paged, or dealt with those who reported it."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.domain.incidents import Incident
from incidentd.domain.people import Roster
from incidentd.domain.review_events import about_the_review
from incidentd.domain.roles import OF_REVIEW
from incidentd.storage import deliveries, event_log, incidents, reports


def involved(conn: Connection, incident: Incident, roster: Roster) -> tuple[str, ...]:
    """Their handles, in order; only those whom the roster knows."""
    pages = incidents.page_ids_of(conn, [incident])[incident.id]
    subjects = [incident.subject, *(f"page:{one}" for one in pages)]
    subjects += [f"report:{one.id}" for one in reports.of_incident(conn, incident.id)]
    acted = {one.actor for one in event_log.of_subjects(conn, subjects) if not about_the_review(one)}
    held = {one.person for one in incidents.roles(conn, [incident.id])[incident.id] if one.role not in OF_REVIEW}
    paged = {person for person, _ in deliveries.urgent_arrivals(conn, pages)}
    return tuple(sorted((acted | held | paged) & roster.people.keys()))
