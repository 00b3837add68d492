"""What hid an alert when it was last looked at: so that a change is told once, and its end is followed up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Delete, Insert, and_, bindparam, delete, insert, select

from incidentd.domain.inhibition import Firing
from incidentd.domain.matchers import Matcher
from incidentd.storage.schema import alerts
from incidentd.storage.schema_quiet import hidings, suppressions
from incidentd.storage.text_search import may_match
from incidentd.storage.tx import Tx

_PART = 500
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_OF_ALERTS = select(suppressions.c.alert_id, suppressions.c.by).where(suppressions.c.alert_id.in_(_SOME))
_OF_SOME = suppressions.c.alert_id.in_(_SOME)
_OF_SOME_BY = _OF_SOME & (suppressions.c.by == bindparam("of_by"))


def _to_the_past(which: ColumnElement[bool]) -> tuple[Insert, Delete]:
    now = bindparam("now", type_=hidings.c.until.type)
    past = select(suppressions.c.alert_id, suppressions.c.by, suppressions.c.since, now).where(which)
    moved = insert(hidings).from_select(["alert_id", "by", "since", "until"], past)
    return moved, delete(suppressions).where(which)


_END, _END_BY = _to_the_past(_OF_SOME), _to_the_past(_OF_SOME_BY)
_HIDDEN_BY = select(suppressions.c.alert_id).where(suppressions.c.by.in_(_SOME))


def of_alerts(conn: Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    """What hid each alert; those that nothing hid are missing."""
    found: dict[int, set[str]] = {}
    for start in range(0, len(ids), _PART):
        for alert_id, by in conn.execute(_OF_ALERTS, {"some": ids[start : start + _PART]}):
            found.setdefault(alert_id, set()).add(by)
    return found


def store(tx: Tx, changed: Mapping[int, tuple[set[str], set[str]]]) -> None:
    """Keep what hides each alert: (what did, what does now). What goes on keeps its beginning."""
    ended: dict[str, list[int]] = {}
    for alert, (before, now) in changed.items():
        for by in before - now:
            ended.setdefault(by, []).append(alert)
    for by, ids in ended.items():
        _end(tx, ids, _END_BY, {"of_by": by})
    rows = [
        {"alert_id": alert, "by": by, "since": tx.now}
        for alert, (before, now) in changed.items()
        for by in sorted(now - before)
    ]
    if rows:
        tx.conn.execute(insert(suppressions), rows)


def forget(tx: Tx, ids: Sequence[int]) -> None:
    """Nothing hides these alerts."""
    _end(tx, ids, _END, {})


def _end(tx: Tx, ids: Sequence[int], statements: tuple[Insert, Delete], of: Mapping[str, str]) -> None:
    """Move rows of `suppressions` to the past."""
    for start in range(0, len(ids), _PART):
        for statement in statements:
            tx.conn.execute(statement, {"some": ids[start : start + _PART], "now": tx.now, **of})


def hidden_by(conn: Connection, subjects: Sequence[str]) -> list[int]:
    """The alerts that any of `subjects` hid."""
    found: set[int] = set()
    for start in range(0, len(subjects), _PART):
        found.update(conn.execute(_HIDDEN_BY, {"some": subjects[start : start + _PART]}).scalars())
    return sorted(found)


def _within(realm: str | None) -> list[ColumnElement[bool]]:
    """Only what belongs to a realm of `drills.realm`: "" is the real world."""
    if realm is None:
        return []
    return [alerts.c.source == realm] if realm else [alerts.c.source.notlike("drill:%")]


def firing_like(conn: Connection, matchers: Sequence[Matcher], realm: str | None = None) -> list[Firing]:
    """Firing alerts that may fulfil `matchers`, oldest first: the database sorts out what surely does not.

    `realm` None takes real alerts and those of drills. Stored alerts count whether they were routed yet or not, so
    nothing depends on what was routed first.
    """
    wanted = (*may_match(alerts.c.labels, matchers), *_within(realm))
    query = select(alerts.c.id, alerts.c.labels).where(and_(alerts.c.status == "firing", *wanted))
    return [Firing(row.id, row.labels) for row in conn.execute(query.order_by(alerts.c.id))]


def firing_of(
    conn: Connection, matchers: Sequence[Matcher], services: Collection[str], realm: str
) -> list[tuple[Firing, str]]:
    """Firing alerts that may fulfil `matchers`, oldest first, each with its service: of `services`, or unrouted."""
    wanted = and_(alerts.c.status == "firing", alerts.c.service.in_(("", *services)))
    query = select(alerts.c.id, alerts.c.labels, alerts.c.service).where(
        wanted, *may_match(alerts.c.labels, matchers), *_within(realm)
    )
    return [(Firing(row.id, row.labels), row.service) for row in conn.execute(query.order_by(alerts.c.id))]
