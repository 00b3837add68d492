"""The hash of every event of an incident, kept as the event is written.

An event that is changed or deleted in the log afterwards no longer fits its hash, and a trigger is not needed for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, desc, select

from incidentd.domain.audit import GENESIS, link, plain
from incidentd.storage import driver_sql
from incidentd.storage.schema_audit import incident_chain
from incidentd.storage.tx import Tx
from incidentd.wire import Event

_PREFIX = "incident:"
_LAST = "SELECT n, hash FROM incident_chain WHERE incident_id = ? ORDER BY n DESC LIMIT 1"
_INSERT = "INSERT INTO incident_chain (incident_id, n, seq, hash) VALUES (?, ?, ?, ?)"
Link = tuple[int, int, str]
"""The number of a record, the seq of its event, and its hash."""


def extend(tx: Tx, events: Iterable[Event]) -> None:
    """Chain those of `events` that are an incident's own. The lock that gave them their seq is still held."""
    heads: dict[int, tuple[int, str]] = {}
    rows: list[tuple[int, int, int, str]] = []
    for event in events:
        number = event.subject.removeprefix(_PREFIX)
        if number == event.subject:
            continue
        incident_id = int(number)
        n, previous = heads.get(incident_id) or _last(tx, incident_id)
        heads[incident_id] = n + 1, link(previous, plain(event))
        rows.append((incident_id, n + 1, event.seq, heads[incident_id][1]))
    driver_sql.run_many(tx, _INSERT, rows)


def _last(tx: Tx, incident_id: int) -> tuple[int, str]:
    for n, head in driver_sql.query(tx, _LAST, incident_id):
        return n, head
    return 0, GENESIS


def of_incident(conn: Connection, incident_id: int) -> list[Link]:
    """The whole chain, oldest first."""
    table = incident_chain.c
    query = select(table.n, table.seq, table.hash).where(table.incident_id == incident_id).order_by(table.n)
    return [(row.n, row.seq, row.hash) for row in conn.execute(query)]


def head(conn: Connection, incident_id: int) -> tuple[int, str]:
    """How many records there are, and the hash of the last."""
    table = incident_chain.c
    query = select(table.n, table.hash).where(table.incident_id == incident_id).order_by(desc(table.n)).limit(1)
    row = conn.execute(query).one_or_none()
    return (0, GENESIS) if row is None else (row.n, row.hash)
