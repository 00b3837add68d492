"""What is known of an incident, as a part of its view."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from incidentd.domain.impact import claimed_start, confirmed
from incidentd.domain.incidents import Incident
from incidentd.domain.updates import impact_confirmed
from incidentd.storage import facts, incident_attachments, incidents


def known(conn: Connection, incident: Incident) -> dict[str, Any]:
    """The fields of `wire.incidents.IncidentDetail` about claims, theories, attempts and files."""
    claims = facts.claims(conn, incident.id)
    return {
        "claims": claims,
        "claimed_start": claimed_start(claims, incident.started_at),
        "theories": facts.theories_of(conn, incident.id),
        "attachments": incident_attachments.of_incident(conn, incident.id),
        "attempts": facts.attempts_of(conn, [incident.id])[incident.id],
    }


def impact_known(conn: Connection, incident_id: int) -> bool:
    """Whether a claim confirms an impact, or people were told of one."""
    told = incidents.updates(conn, [incident_id])[incident_id]
    return impact_confirmed(told) or confirmed(facts.claims(conn, incident_id))
