"""The review window of an incident: reckoned from what is known, told when it moves; and how it stands now.

`settle` is called by whatever may move a window, inside its command. It is reckoned anew as long as the review was not
held: a correction, or a page that was linked late, may show that somebody worked at night.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from incidentd.domain.incidents import AWAITING_REVIEW, Incident
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_window import Basis, Window, calendar_of, soon_at, standing, window
from incidentd.domain.sleep_hours import NightWork, night_work
from incidentd.services.incident_views import Seen, existing
from incidentd.services.night_facts import acts
from incidentd.services.public_holidays import holidays_of
from incidentd.storage import incidents
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_window as wire_review

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
    )


def settle(tx: Tx, incident: Incident, process: Process, roster: Roster) -> Incident:
    """Bring the window in line with what is known; an event says so where it moved, or has other reasons."""
    if incident.status not in AWAITING_REVIEW or incident.resolved_at is None:
        return incident
    seen = Seen(conn=tx.conn, now=tx.now, process=process, roster=roster, pending=tx.events)
    basis = basis_of(seen, incident, incident.resolved_at)
    found = window(process, incident.severity, incident.resolved_at, basis)
    before = _last(seen, incident)
    told = _told(found, basis, process)
    if before is not None and {name: before[name] for name in told} == told:
        return incident
    if found is None and before is None and incident.review_opens_at is None:
        return incident
    tx.emit(KIND, incident.subject, told)
    opens, due = (None, None) if found is None else (found.opens_at, found.due_at)
    return incidents.set_review_window(tx, incident, opens, due)


def _told(found: Window | None, basis: Basis, process: Process) -> dict[str, object]:
    return {
        "opens_at": found and _text(found.opens_at),
        "due_at": found and _text(found.due_at),
        "nights": [_night(one) for one in basis.nights] if found else [],
        "team": basis.team,
        "zone": basis.calendar.zone,
        "holidays": basis.calendar.holidays,
        "review_name": process.review_name,
    }


def _night(one: NightWork) -> dict[str, str]:
    facts = {"person": one.person, "at": _text(one.at), "last_at": _text(one.last_at), "what": one.what}
    return {**facts, "zone": one.zone, "text": one.text}


def _text(at: datetime) -> str:
    return at.isoformat()


def _last(seen: Seen, incident: Incident) -> dict[str, Any] | None:
    """What was told of the window of this episode last."""
    told = seen.events([incident.subject], [KIND, "incident.status"])
    found: dict[str, Any] | None = None
    for one in told:
        if one.kind == KIND:
            found = dict(one.data)
        elif one.data.get("reopened"):
            found = None
    return found


class ReviewWindows:
    """Implements `contracts.ReviewWindowCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    async def get(self, incident_id: int) -> wire_review.ReviewWindow:
        """When the review of an incident may be held, and why then. Raises `NotFound`."""
        now, process, roster = self._store.clock.now(), self._process(), self._roster()

        def read(conn: Connection) -> wire_review.ReviewWindow:
            return view(Seen(conn=conn, now=now, process=process, roster=roster), existing(conn, incident_id))

        return await self._store.read(read)


def view(seen: Seen, incident: Incident) -> wire_review.ReviewWindow:
    """The window as callers see it: as it was told last, and before the resolve what is known so far."""
    rule = seen.process.review_windows.get(incident.severity)
    told = _last(seen, incident)
    basis = basis_of(seen, incident, incident.resolved_at or seen.now)
    nights = [_night(one) for one in basis.nights] if told is None else told["nights"]
    return wire_review.ReviewWindow(
        incident_id=incident.id,
        review_name=seen.process.review_name,
        status=incident.status,
        severity=incident.severity,
        resolved_at=incident.resolved_at,
        opens_at=incident.review_opens_at,
        due_at=incident.review_due_at,
        standing=_standing(incident, basis, seen.now),
        floor=None if rule is None else rule.floor.total_seconds(),
        business_days=None if rule is None else rule.ceiling_business_days,
        team=basis.team,
        zone=basis.calendar.zone,
        holidays=basis.calendar.holidays,
        nights=msgspec.convert(nights, tuple[wire_review.Night, ...]),
    )


def _standing(incident: Incident, basis: Basis, now: datetime) -> str:
    opens, due = incident.review_opens_at, incident.review_due_at
    if incident.status not in AWAITING_REVIEW or opens is None or due is None:
        return ""
    return standing(opens, soon_at(opens, due, basis), due, now)
