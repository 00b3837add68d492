"""Groups: the alerts of one route that are told about together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, insert, select, update

from incidentd.storage.alerts import AlertRow, get_many
from incidentd.storage.schema import alerts, group_alerts, groups
from incidentd.storage.tx import Tx


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """An open or closed group. `notified_at` is None until somebody was told."""

    id: int
    key: str
    route: str
    service: str
    labels: Mapping[str, str]
    opened_at: datetime
    last_flush_at: datetime | None
    notified_at: datetime | None
    closed_at: datetime | None

    @property
    def subject(self) -> str:
        """What its timers and events carry."""
        return f"group:{self.id}"


def _group(row: Row[Any]) -> Group:
    return Group(**{name: getattr(row, name) for name in Group.__struct_fields__})


def find_open(tx: Tx, key: str) -> Group | None:
    """The open group with `key`, locked."""
    query = select(groups).where(groups.c.key == key, groups.c.closed_at.is_(None)).with_for_update()
    row = tx.conn.execute(query).one_or_none()
    return None if row is None else _group(row)


def open_group(tx: Tx, key: str, route: str, service: str, labels: Mapping[str, str]) -> Group:
    """Open a new group."""
    statement = insert(groups).values(key=key, route=route, service=service, labels=labels, opened_at=tx.now)
    return _group(tx.conn.execute(statement.returning(groups)).one())


def get(conn: Connection, group_id: int, *, lock: bool = False) -> Group | None:
    """One group."""
    query = select(groups).where(groups.c.id == group_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _group(row)


def labels_of(conn: Connection, ids: Sequence[int]) -> dict[int, Mapping[str, str]]:
    """The group labels of many groups."""
    found: dict[int, Mapping[str, str]] = {}
    for start in range(0, len(ids), 500):
        query = select(groups.c.id, groups.c.labels).where(groups.c.id.in_(ids[start : start + 500]))
        found.update({row.id: row.labels for row in conn.execute(query)})
    return found


def listed(conn: Connection, query: Select[Any]) -> list[Group]:
    """The rows of a list query over `groups`."""
    return [_group(row) for row in conn.execute(query)]


def severities(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[dict[str, int], int]]:
    """(firing alerts by severity as sent, alerts that ever were in it) of many groups."""
    found: dict[int, tuple[dict[str, int], int]] = {}
    for start in range(0, len(ids), 500):
        query = (
            select(group_alerts.c.group_id, alerts.c.status, alerts.c.severity, func.count().label("number"))
            .join(alerts, alerts.c.id == group_alerts.c.alert_id)
            .where(group_alerts.c.group_id.in_(ids[start : start + 500]), group_alerts.c.left_at.is_(None))
            .group_by(group_alerts.c.group_id, alerts.c.status, alerts.c.severity)
        )
        for row in conn.execute(query):
            firing, total = found.get(row.group_id, ({}, 0))
            if row.status == "firing":
                firing[row.severity] = row.number
            found[row.group_id] = (firing, total + row.number)
    return found


def change(tx: Tx, group_id: int, **values: Any) -> None:
    """Store new values of columns."""
    tx.conn.execute(update(groups).where(groups.c.id == group_id).values(**values))


def open_groups_of(tx: Tx, alert_ids: Sequence[int]) -> dict[int, list[Group]]:
    """The open groups each alert is in."""
    found: dict[int, list[Group]] = {}
    for start in range(0, len(alert_ids), 500):
        query = (
            select(group_alerts.c.alert_id, groups)
            .join(groups, groups.c.id == group_alerts.c.group_id)
            .where(
                group_alerts.c.alert_id.in_(alert_ids[start : start + 500]),
                group_alerts.c.left_at.is_(None),
                groups.c.closed_at.is_(None),
            )
        )
        for row in tx.conn.execute(query):
            found.setdefault(row.alert_id, []).append(_group(row))
    return found


def open_routes(conn: Connection, alert_ids: Sequence[int]) -> dict[int, set[str]]:
    """The routes of the open groups each alert is in."""
    found: dict[int, set[str]] = {}
    for start in range(0, len(alert_ids), 500):
        query = (
            select(group_alerts.c.alert_id, groups.c.route)
            .join(groups, groups.c.id == group_alerts.c.group_id)
            .where(
                group_alerts.c.alert_id.in_(alert_ids[start : start + 500]),
                group_alerts.c.left_at.is_(None),
                groups.c.closed_at.is_(None),
            )
        )
        for alert_id, route in conn.execute(query):
            found.setdefault(alert_id, set()).add(route)
    return found


def _members(group_id: int) -> tuple[ColumnElement[bool], ...]:
    """The rows of `group_alerts` of those that are in the group; who was routed elsewhere is not."""
    return group_alerts.c.group_id == group_id, group_alerts.c.left_at.is_(None)


def has_firing(conn: Connection, group_id: int) -> bool:
    """Whether any alert of the group still fires."""
    query = select(
        exists().where(*_members(group_id), alerts.c.id == group_alerts.c.alert_id, alerts.c.status == "firing")
    )
    return bool(conn.execute(query).scalar_one())


def has_flapping(conn: Connection, group_id: int) -> bool:
    """Whether any alert of the group flaps."""
    query = select(exists().where(*_members(group_id), alerts.c.id == group_alerts.c.alert_id, alerts.c.flapping))
    return bool(conn.execute(query).scalar_one())


def firing(conn: Connection, group_id: int) -> list[tuple[AlertRow, bool]]:
    """The firing alerts of a group, oldest first, each with whether a message named it already."""
    query = (
        select(group_alerts.c.alert_id, group_alerts.c.announced)
        .join(alerts, alerts.c.id == group_alerts.c.alert_id)
        .where(*_members(group_id), alerts.c.status == "firing")
    )
    announced = {row.alert_id: row.announced for row in conn.execute(query)}
    return [(alert, announced[alert.id]) for alert in get_many(conn, list(announced))]


def members(conn: Connection, group_id: int) -> list[int]:
    """The ids of all alerts that ever were in the group."""
    query = select(group_alerts.c.alert_id).where(group_alerts.c.group_id == group_id)
    return list(conn.execute(query.order_by(group_alerts.c.alert_id)).scalars())


def mark_announced(tx: Tx, group_id: int, but: Sequence[int] = ()) -> None:
    """Every alert of the group stood in a message, except `but`."""
    statement = update(group_alerts).where(group_alerts.c.group_id == group_id).values(announced=True)
    tx.conn.execute(statement)
    for start in range(0, len(but), 500):
        held_back = group_alerts.c.alert_id.in_(but[start : start + 500])
        tx.conn.execute(
            update(group_alerts).where(group_alerts.c.group_id == group_id, held_back).values(announced=False)
        )
