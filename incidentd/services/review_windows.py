"""The review window of an incident: reckoned from what is known, and told when it moves.

`settle` is called by whatever may move a window, inside its command. It is reckoned anew as long as the review was not
held: a correction, or a page that was linked late, may show that somebody worked at night.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from incidentd.domain.incidents import AWAITING_REVIEW, Incident, Status
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_opening import of_episode, opened_at
from incidentd.domain.review_window import Basis, Window, calendar_of, window
from incidentd.domain.sleep_hours import NightWork, night_work
from incidentd.services.incident_views import Seen
from incidentd.services.night_facts import acts
from incidentd.services.public_holidays import holidays_of
from incidentd.storage import incidents, review_openings
from incidentd.storage.tx import Tx

KIND = "incident.review_window"
_LONGEST_WAIT = timedelta(days=200)  # how far before now the resolve of an incident may lie whose window still moves


def basis_of(seen: Seen, incident: Incident, resolved_at: datetime) -> Basis:
    """What its window is reckoned with."""
    team, calendar = calendar_of(seen.process, seen.roster, incident.service)
    return Basis(
        nights=night_work(acts(seen, incident, resolved_at), seen.roster.people.values()),
        calendar=calendar,
        holidays=holidays_of(calendar, resolved_at, before=_LONGEST_WAIT),
        team=team,
        opened_at=opened_at(of_episode(review_openings.of_incident(seen.conn, incident.id), incident.episode)),
    )


def settle(tx: Tx, incident: Incident, process: Process, roster: Roster) -> Incident:
    """Bring the window in line with what is known; an event says so where it moved, or has other reasons."""
    if incident.status not in AWAITING_REVIEW or incident.resolved_at is None:
        return incident
    seen = Seen(conn=tx.conn, now=tx.now, process=process, roster=roster, pending=tx.events)
    basis, before = basis_of(seen, incident, incident.resolved_at), last_told(seen, incident)
    if incident.status is Status.REVIEW_READY and before is not None:  # what may be held is not taken away for a night
        basis = msgspec.structs.replace(basis, nights=msgspec.convert(before["nights"], tuple[NightWork, ...]))
    found = window(process, incident.severity, incident.resolved_at, basis)
    told = _told(found, basis)
    if found is None and before is None:
        return incident
    if before is not None and all(before[name] == value for name, value in told.items()):
        return incident
    tx.emit(KIND, incident.subject, told | {"review_name": process.review_name})
    return incidents.set_review_window(tx, incident, found)


def _told(found: Window | None, basis: Basis) -> dict[str, Any]:
    return {
        "opens_at": found and found.opens_at.isoformat(),
        "soon_at": found and found.soon_at.isoformat(),
        "due_at": found and found.due_at.isoformat(),
        "nights": [night_facts(one) for one in basis.nights] if found else [],
        "team": basis.team,
        "zone": basis.calendar.zone,
        "holidays": basis.calendar.holidays,
    }


def night_facts(one: NightWork) -> dict[str, str]:
    """A night as events keep it."""
    facts = {"person": one.person, "what": one.what, "zone": one.zone, "text": one.text}
    return {**facts, "at": one.at.isoformat(), "last_at": one.last_at.isoformat()}


def last_told(seen: Seen, incident: Incident) -> dict[str, Any] | None:
    """What was told of the window of this episode last."""
    found: dict[str, Any] | None = None
    for one in seen.events([incident.subject], [KIND, "incident.status"]):
        if one.kind == KIND:
            found = dict(one.data)
        elif one.data.get("reopened"):
            found = None
    return found
