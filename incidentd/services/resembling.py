"""What was tried in earlier incidents that resemble one."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.domain.attempts import attempt_text
from incidentd.domain.incidents import Incident
from incidentd.domain.resembling import resembling
from incidentd.services.symptoms import known_of
from incidentd.storage import facts
from incidentd.wire.facts import Attempt, PastAttempt, Resembling, ResemblingIncidents

_NEWEST, _OLDEST = 200, 50
"""So many incidents in which something was tried are compared."""


def resembling_of(conn: Connection, incident: Incident) -> ResemblingIncidents:
    """Incidents like this one in which something was tried, each with what came of it."""
    rows = facts.tried_in(conn, incident, _NEWEST, _OLDEST)
    known = known_of(conn, [incident, *rows])
    by_id = {row.id: row for row in rows}
    found = resembling(known[0], known[1:])
    tried = facts.attempts_of(conn, [one.id for one in found])
    return ResemblingIncidents(
        incidents=tuple(
            Resembling(
                id=one.id,
                title=by_id[one.id].title,
                service=by_id[one.id].service,
                severity=by_id[one.id].severity,
                status=by_id[one.id].status,
                started_at=by_id[one.id].started_at,
                score=one.score,
                reasons=one.reasons,
                attempts=tuple(_past(one.id, attempt) for attempt in tried[one.id]),
            )
            for one in found
        )
    )


def _past(incident_id: int, attempt: Attempt) -> PastAttempt:
    told = attempt.verdicts[-1] if attempt.verdicts else None
    return PastAttempt(
        id=attempt.id,
        text=attempt.text,
        outcome=attempt.outcome,
        after=None if told is None else (told.at - attempt.started_at).total_seconds(),
        evidence=told.evidence if told else "",
        said=f"resembles INC-{incident_id}: {attempt_text(attempt)}",
    )
