"""Alerts as rows: routing's view of them and the queries of lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, update

from incidentd.clock import from_micros
from incidentd.domain.alerts import AlertState
from incidentd.storage.schema import alerts, group_alerts, groups, incident_alerts, pages
from incidentd.storage.tx import Tx


def firing_ids(conn: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The ids of those alerts, given by source and key, that fire."""
    found: dict[tuple[str, str], int] = {}
    for source in {source for source, _ in keys}:
        mine = [key for one, key in keys if one == source]
        which = (alerts.c.source == source) & alerts.c.key.in_(mine) & (alerts.c.status == "firing")
        found |= {(source, row.key): row.id for row in conn.execute(select(alerts.c.key, alerts.c.id).where(which))}
    return found


def firing_keys(conn: Connection, source: str, prefix: str) -> set[str]:
    """The keys of a source's firing alerts that begin with `prefix`, without it."""
    which = (alerts.c.source == source) & (alerts.c.status == "firing")
    found = conn.execute(select(alerts.c.key).where(which)).scalars()
    return {key.removeprefix(prefix) for key in found if key.startswith(prefix)}


class AlertRow(msgspec.Struct, frozen=True, kw_only=True):
    """One alert as stored."""

    id: int
    source: str
    key: str
    status: str
    name: str
    summary: str
    severity: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    generator_url: str
    starts_at: datetime
    ends_at: datetime | None
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None
    expired: bool
    count: int
    episode: int
    routed_episode: int
    service: str
    group_id: int | None
    acknowledged_by: str  # "" when nobody has taken on the present episode
    acknowledged_before: str  # who had taken on the episode before this one
    flapping: bool
    changes: tuple[datetime, ...]
    version: int

    @property
    def firing(self) -> bool:
        return self.status == "firing"

    @property
    def began_at(self) -> datetime:
        """When its present status began, as this daemon heard of it."""
        return self.changes[-1]

    @property
    def subject(self) -> str:
        """What events about it carry."""
        return f"alert:{self.id}"

    def state(self) -> AlertState:
        """The part that signals change."""
        return AlertState(**{name: getattr(self, name) for name in AlertState.__struct_fields__})


# Built once: to build a statement costs several times what it costs to run it.
_BY_KEY = select(alerts).where(alerts.c.source == bindparam("of_source"), alerts.c.key == bindparam("of_key"))
_SOME = select(alerts).where(alerts.c.id.in_(bindparam("some", expanding=True)))


def _row(row: Row[Any]) -> AlertRow:
    values = {name: getattr(row, name) for name in AlertRow.__struct_fields__ if name != "acknowledged_before"}
    values["changes"] = tuple(from_micros(at) for at in row.changes)
    values["acknowledged_by"], before = acknowledgement(row.acknowledged_by, row.acknowledged_episode, row.episode)
    return AlertRow(**values, acknowledged_before=before)


def acknowledgement(by: str, of_episode: int, episode: int) -> tuple[str, str]:
    """(who took on the present episode, who the one before it): an acknowledgement ends with its episode."""
    if of_episode == episode:
        return by, ""
    return "", by if of_episode == episode - 1 else ""


def get(conn: Connection, alert_id: int, *, lock: bool = False) -> AlertRow | None:
    """One alert, None when there is none."""
    query = select(alerts).where(alerts.c.id == alert_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _row(row)


def get_many(conn: Connection, ids: Sequence[int]) -> list[AlertRow]:
    """The alerts with these ids, oldest first."""
    found: list[AlertRow] = []
    for start in range(0, len(ids), 500):
        found += [_row(row) for row in conn.execute(_SOME, {"some": ids[start : start + 500]})]
    return sorted(found, key=lambda alert: alert.id)


def firing_of_services(conn: Connection, services: Sequence[str]) -> list[int]:
    """The firing alerts of some services, oldest first."""
    query = select(alerts.c.id).where(alerts.c.status == "firing", alerts.c.service.in_(services))
    return list(conn.execute(query.order_by(alerts.c.id)).scalars())


def has_service(conn: Connection, service: str) -> bool:
    """Whether any alert ever was one of `service`."""
    return conn.execute(select(alerts.c.id).where(alerts.c.service == service).limit(1)).first() is not None


def lately(conn: Connection, since: datetime) -> list[AlertRow]:
    """The alerts that fire, or ended after `since`, oldest first."""
    ended = alerts.c.resolved_at > since
    return listed(conn, select(alerts).where(or_(alerts.c.status == "firing", ended)).order_by(alerts.c.id))


def by_key(conn: Connection, source: str, key: str) -> AlertRow | None:
    """The alert a source knows by `key`."""
    row = conn.execute(_BY_KEY, {"of_source": source, "of_key": key}).one_or_none()
    return None if row is None else _row(row)


def set_state(tx: Tx, alert: AlertRow, state: AlertState) -> None:
    """Store a change that no signal made: an expiry, a resolve by hand. Routing will see it."""
    from incidentd.clock import to_micros

    tx.conn.execute(
        update(alerts)
        .where(alerts.c.id == alert.id)
        .values(
            status=state.status,
            ends_at=state.ends_at,
            resolved_at=state.resolved_at,
            expired=state.expired,
            changes=[to_micros(at) for at in state.changes],
            pending=True,
            version=alerts.c.version + 1,
        )
    )


def set_acknowledged(tx: Tx, ids: Sequence[int], actor: str) -> None:
    """Remember who took on the present episode of the alerts; "" forgets it."""
    for start in range(0, len(ids), 500):
        tx.conn.execute(
            update(alerts)
            .where(alerts.c.id.in_(ids[start : start + 500]))
            .values(acknowledged_by=actor, acknowledged_episode=alerts.c.episode, version=alerts.c.version + 1)
        )


def expired(tx: Tx, limit: int, heard_since: datetime | None = None) -> list[AlertRow]:
    """Firing alerts whose end passed without being sent again, locked; only those last seen since a time, if given."""
    query = select(alerts).where(alerts.c.status == "firing", alerts.c.ends_at <= tx.now)
    if heard_since is not None:
        query = query.where(alerts.c.last_seen >= heard_since)
    query = query.order_by(alerts.c.ends_at).limit(limit).with_for_update(skip_locked=True)
    return [_row(row) for row in tx.conn.execute(query)]


def settle(tx: Tx, alert: AlertRow) -> None:
    """It flaps no more."""
    values = {"flapping": False, "version": alerts.c.version + 1}
    tx.conn.execute(update(alerts).where(alerts.c.id == alert.id).values(**values))


def route_again(tx: Tx) -> int:
    """Let routing see every alert that fires, because the tree has changed; returns how many."""
    return tx.conn.execute(update(alerts).where(alerts.c.status == "firing").values(pending=True)).rowcount


def pending(conn: Connection) -> list[int]:
    """The ids of the changed alerts that routing has not seen, oldest first."""
    return list(conn.execute(select(alerts.c.id).where(alerts.c.pending).order_by(alerts.c.id)).scalars())


def next_expiry(conn: Connection) -> datetime | None:
    """When the next firing alert ends unless it is sent again."""
    query = select(func.min(alerts.c.ends_at)).where(alerts.c.status == "firing")
    earliest: datetime | None = conn.execute(query).scalar_one()
    return earliest


def count_where(conn: Connection, *conditions: Any) -> int:
    """How many alerts fulfil `conditions`."""
    total: int = conn.execute(select(func.count()).select_from(alerts).where(*conditions)).scalar_one()
    return total


def counts(conn: Connection) -> tuple[int, int]:
    """(firing, waiting for routing), those of drills left out."""
    real = alerts.c.source.notlike("drill:%")
    return count_where(conn, alerts.c.status == "firing", real), count_where(conn, alerts.c.pending, real)


def listed(conn: Connection, query: Select[Any]) -> list[AlertRow]:
    """The rows of a list query over `alerts`."""
    return [_row(row) for row in conn.execute(query)]


class Links(msgspec.Struct, frozen=True):
    """What hangs on an alert: its latest page and the incidents it is linked to."""

    page_id: int | None = None
    page_state: str = ""
    incident_ids: tuple[int, ...] = ()


def links(conn: Connection, ids: Sequence[int]) -> dict[int, Links]:
    """The links of many alerts at once."""
    found: dict[int, Links] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        # What fires again is not yet in a page: the pages of earlier episodes belong to groups that are closed.
        current = or_(groups.c.closed_at.is_(None), alerts.c.status != "firing")
        by_page = (
            select(group_alerts.c.alert_id, pages.c.id, pages.c.state)
            .join(pages, pages.c.group_id == group_alerts.c.group_id)
            .join(groups, groups.c.id == group_alerts.c.group_id)
            .join(alerts, alerts.c.id == group_alerts.c.alert_id)
            .where(group_alerts.c.alert_id.in_(part), group_alerts.c.left_at.is_(None), current)
            .order_by(pages.c.id)
        )
        for alert_id, page_id, state in conn.execute(by_page):
            found[alert_id] = Links(page_id, state)
        linked = select(incident_alerts.c.alert_id, incident_alerts.c.incident_id).where(
            incident_alerts.c.alert_id.in_(part)
        )
        for alert_id, incident_id in conn.execute(linked.order_by(incident_alerts.c.incident_id)):
            known = found.get(alert_id, Links())
            found[alert_id] = Links(known.page_id, known.page_state, (*known.incident_ids, incident_id))
    return found
