"""How incidents showed themselves, to be compared: words, service, alerts and their labels, reports, what was tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from incidentd.domain.incidents import Incident
from incidentd.domain.likeness import Facts, telling_words
from incidentd.domain.resembling import Known
from incidentd.storage import alerts, incidents, similar

_ALERTS = 10  # of an incident that are compared


def known_of(conn: Connection, rows: Sequence[Incident]) -> list[Known]:
    """What is compared of some incidents, in their order; a fixed number of queries for any number of them."""
    ids = [row.id for row in rows]
    linked = incidents.alert_ids_of(conn, ids)
    some = {row.id: linked[row.id][:_ALERTS] for row in rows}
    read = {one.id: one for one in alerts.get_many(conn, sorted(_all(some.values())))}
    reported, tried = similar.reported_in(conn, ids), similar.tried_in(conn, ids)
    return [
        Known(
            facts=Facts(
                id=row.id,
                subject=row.title,
                text="\n".join((row.summary, *reported[row.id])),
                service=row.service,
                at=row.started_at,
            ),
            alerts=frozenset(read[one].name for one in some[row.id]),
            tried=telling_words("\n".join(tried[row.id])),
            labels=frozenset(pair for one in some[row.id] for pair in read[one].labels.items()),
        )
        for row in rows
    ]


def _all(groups: Iterable[Sequence[int]]) -> set[int]:
    return {one for group in groups for one in group}
