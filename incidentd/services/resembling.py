"""What was tried in earlier incidents that resemble one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from incidentd.domain.attempts import attempt_text
from incidentd.domain.incidents import Incident
from incidentd.domain.likeness import Facts
from incidentd.domain.resembling import Known, resembling
from incidentd.storage import alerts, facts, incidents
from incidentd.wire.facts import Attempt, PastAttempt, Resembling, ResemblingIncidents

_NEWEST, _OLDEST = 200, 50
"""So many incidents in which something was tried are compared."""
_ALERTS = 10  # of an incident that are compared


def resembling_of(conn: Connection, incident: Incident) -> ResemblingIncidents:
    """Incidents like this one in which something was tried, each with what came of it."""
    rows = facts.tried_in(conn, incident, _NEWEST, _OLDEST)
    known = _known(conn, [incident, *rows])
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


def _known(conn: Connection, rows: Sequence[Incident]) -> list[Known]:
    linked = incidents.alert_ids_of(conn, [row.id for row in rows])
    some = {row.id: linked[row.id][:_ALERTS] for row in rows}
    read = {one.id: one for one in alerts.get_many(conn, sorted(_all(some.values())))}
    return [
        Known(
            facts=Facts(id=row.id, subject=row.title, text=row.summary, service=row.service, at=row.started_at),
            alerts=frozenset(read[one].name for one in some[row.id]),
            labels=frozenset(pair for one in some[row.id] for pair in read[one].labels.items()),
        )
        for row in rows
    ]


def _all(groups: Iterable[Sequence[int]]) -> set[int]:
    return {one for group in groups for one in group}


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
