"""What hid an alert when it was last looked at: so that a change is told once, and its end is followed up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, and_, delete, insert, select

from incidentd.domain.inhibition import Firing
from incidentd.domain.matchers import Matcher
from incidentd.storage.schema import alerts, suppressions
from incidentd.storage.text_search import may_match
from incidentd.storage.tx import Tx

_PART = 500


def of_alerts(conn: Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    """What hid each alert; those that nothing hid are missing."""
    found: dict[int, set[str]] = {}
    for start in range(0, len(ids), _PART):
        query = select(suppressions.c.alert_id, suppressions.c.by)
        for alert_id, by in conn.execute(query.where(suppressions.c.alert_id.in_(ids[start : start + _PART]))):
            found.setdefault(alert_id, set()).add(by)
    return found


def store(tx: Tx, changed: Mapping[int, Iterable[str]]) -> None:
    """Keep what hides each alert now, in place of what did."""
    forget(tx, list(changed))
    rows = [{"alert_id": one, "by": by, "since": tx.now} for one, reasons in changed.items() for by in reasons]
    if rows:
        tx.conn.execute(insert(suppressions), rows)


def forget(tx: Tx, ids: Sequence[int]) -> None:
    """Nothing hides these alerts."""
    for start in range(0, len(ids), _PART):
        tx.conn.execute(delete(suppressions).where(suppressions.c.alert_id.in_(ids[start : start + _PART])))


def hidden_by(conn: Connection, subjects: Sequence[str]) -> list[int]:
    """The alerts that any of `subjects` hid."""
    found: set[int] = set()
    for start in range(0, len(subjects), _PART):
        query = select(suppressions.c.alert_id).where(suppressions.c.by.in_(subjects[start : start + _PART]))
        found.update(conn.execute(query).scalars())
    return sorted(found)


def firing_like(conn: Connection, matchers: Sequence[Matcher]) -> list[Firing]:
    """Firing alerts that may fulfil `matchers`, oldest first: the database sorts out what surely does not.

    Stored alerts count whether they were routed yet or not, so nothing depends on what was routed first.
    """
    wanted = may_match(alerts.c.labels, matchers)
    query = select(alerts.c.id, alerts.c.labels).where(and_(alerts.c.status == "firing", *wanted))
    return [Firing(row.id, row.labels) for row in conn.execute(query.order_by(alerts.c.id))]


def firing_of(conn: Connection, matchers: Sequence[Matcher], services: Collection[str]) -> list[tuple[Firing, str]]:
    """Firing alerts that may fulfil `matchers`, oldest first, each with its service: of `services`, or unrouted."""
    wanted = and_(alerts.c.status == "firing", alerts.c.service.in_(("", *services)))
    query = select(alerts.c.id, alerts.c.labels, alerts.c.service).where(wanted, *may_match(alerts.c.labels, matchers))
    return [(Firing(row.id, row.labels), row.service) for row in conn.execute(query.order_by(alerts.c.id))]
