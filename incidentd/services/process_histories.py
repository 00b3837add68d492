"""What is on record of promised updates and review windows, lived through under another process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from incidentd.domain import cadence_replay, window_replay
from incidentd.domain.incidents import Incident
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_window import Basis, Window, calendar_of, window
from incidentd.domain.sleep_hours import NightWork
from incidentd.services.public_holidays import holidays_of
from incidentd.services.review_windows import KIND as WINDOW
from incidentd.storage import event_log, incidents, reviews
from incidentd.storage.schema import incidents as table
from incidentd.wire import Event
from incidentd.wire import process_comparison as wire_comparison

MOST_INCIDENTS = 2_000
"""How many past incidents, the newest first, one comparison looks at."""
MOST_SHOWN = 200
_LONGEST_AGO = timedelta(days=200)
_NO_DRILL = table.c.drill_id.is_(None)


def replayed_promises(
    conn: Connection, before: Process, after: Process, now: datetime
) -> wire_comparison.ReplayedPromises:
    """Promises of updates under the cadence of `after`."""
    rows = incidents.listed(conn, _NO_DRILL, None, MOST_INCIDENTS)
    histories = _by_incident(conn, rows, cadence_replay.KINDS)
    found = cadence_replay.replay(((row.id, histories[row.subject]) for row in rows), before, after, now)
    values = msgspec.structs.asdict(found) | {"moved": found.moved[:MOST_SHOWN]}
    return msgspec.convert(
        values | {"incidents": len(rows), "limit": cadence_replay.LIMIT},
        wire_comparison.ReplayedPromises,
        from_attributes=True,
    )


def replayed_windows(
    conn: Connection, before: Process, after: Process, roster: Roster, now: datetime
) -> wire_comparison.ReplayedWindows:
    """Review windows under `after`, with the nights that were counted."""
    rows = incidents.listed(conn, _NO_DRILL & table.c.resolved_at.is_not(None), None, MOST_INCIDENTS)
    told = _by_incident(conn, rows, (WINDOW,))
    begun = reviews.begun_at(conn, [row.id for row in rows])
    resolved = [
        window_replay.Resolved(
            incident_id=row.id,
            before=_window(before, roster, row, told[row.subject]),
            after=_window(after, roster, row, told[row.subject]),
            held_at=begun.get(row.id),
        )
        for row in rows
    ]
    found = window_replay.replay(resolved, now)
    values = msgspec.structs.asdict(found) | {"turned": found.turned[:MOST_SHOWN], "limit": window_replay.LIMIT}
    return msgspec.convert(values, wire_comparison.ReplayedWindows)


def _by_incident(conn: Connection, rows: Sequence[Incident], kinds: Sequence[str]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for event in event_log.of_subjects(conn, [row.subject for row in rows], kinds):
        found[event.subject].append(event)
    return found


def _window(process: Process, roster: Roster, incident: Incident, told: Sequence[Event]) -> Window | None:
    assert incident.resolved_at is not None
    team, calendar = calendar_of(process, roster, incident.service)
    said: Any = told[-1].data if told else {}
    basis = Basis(
        nights=msgspec.convert(said.get("nights", ()), tuple[NightWork, ...]),
        calendar=calendar,
        holidays=holidays_of(calendar, incident.resolved_at, before=_LONGEST_AGO),
        team=team,
    )
    return window(process, incident.severity, incident.resolved_at, basis)
