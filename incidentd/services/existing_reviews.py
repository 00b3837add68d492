"""The review of an incident, for whatever is done in it."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.domain.reviews import Review
from incidentd.services.errors import NotFound
from incidentd.services.incident_views import existing
from incidentd.storage import reviews


def existing_review(conn: Connection, incident_id: int, *, lock: bool = False) -> Review:
    """The review of an incident. Raises `NotFound`."""
    found = reviews.get(conn, incident_id, lock=lock)
    if found is None:
        existing(conn, incident_id)
        raise NotFound(f"INC-{incident_id}: it has not begun", remedy=f"incidentctl review start INC-{incident_id}")
    return found
