"""Reports as they are compared: those of a time, and what each of them says first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from incidentd.domain.reports import Report, State
from incidentd.storage.reports import listed
from incidentd.storage.schema_support import report_messages, reports

MOST = 200
"""Reports that one is compared with: in a flood the newest."""


def between(conn: Connection, start: datetime, end: datetime) -> list[Report]:
    """The newest reports that came from `start` until `end`."""
    columns = reports.c
    return listed(conn, (columns.created_at >= start) & (columns.created_at <= end), None, MOST)


def in_no_incident(conn: Connection, states: Sequence[State], since: datetime, most: int) -> list[Report]:
    """The newest reports in some states that came from `since` on and are linked to no incident."""
    columns = reports.c
    mine = columns.state.in_(states) & columns.incident_id.is_(None) & (columns.created_at >= since)
    return listed(conn, mine, None, most)


def first_words(conn: Connection, report_ids: Sequence[int], longest: int) -> dict[int, str]:
    """The beginning of the first message of each report."""
    columns = report_messages.c
    first = (
        select(func.min(columns.id))
        .where(columns.report_id.in_(report_ids), columns.direction == "in")
        .group_by(columns.report_id)
    )
    query = select(columns.report_id, func.substr(columns.text, 1, longest)).where(columns.id.in_(first))
    return {row[0]: row[1] for row in conn.execute(query)}
