"""Who is written to about the workshop of a review that stands still: whoever drives it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from incidentd.domain.display import safe_line
from incidentd.domain.people import Roster
from incidentd.domain.reviews import Review
from incidentd.domain.workshops import Workshop
from incidentd.services.notes import LONGEST_LINE, write_to
from incidentd.services.workshop_timers import WorkshopTimers
from incidentd.storage import incidents, reviews
from incidentd.storage.tx import Tx


def review_timers(roster: Callable[[], Roster]) -> WorkshopTimers:
    """The timers of reviews."""

    def find(conn: Connection, incident_id: int) -> Review | None:
        return reviews.get(conn, incident_id, lock=True)

    def remind(tx: Tx, row: Workshop, stands: str, go_on: str) -> None:
        incident = incidents.get(tx.conn, int(row.subject.rpartition(":")[2]))
        if incident is not None:
            body = f"{safe_line(incident.title, LONGEST_LINE)}\n{go_on}"
            head, person = f"INC-{incident.id}: {stands}", roster().people.get(row.facilitator)
            write_to(tx, person, head, body, "you drive it", can_wait=True, drill_id=incident.drill_id)

    return WorkshopTimers("review", find, remind)
