"""Groups: the alerts of one route that are told about together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, exists, func, insert, select, update

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


# Built once: to build a statement costs several times what it costs to run it.
_OF = groups.c.id == bindparam("of_group")
_GET = select(groups).where(_OF)
_LOCK = _GET.with_for_update()
_FIND = select(groups).where(groups.c.key == bindparam("of_key"), groups.c.closed_at.is_(None)).with_for_update()
_OPEN = insert(groups).returning(groups)
_CHANGE = update(groups).where(_OF)
_SOME: BindParameter[int] = bindparam("some", expanding=True)
_IS_IN = group_alerts.c.left_at.is_(None)  # who was routed elsewhere is not
_MEMBERS = (group_alerts.c.group_id == bindparam("of_group")) & _IS_IN
_THEIRS = _MEMBERS & (alerts.c.id == group_alerts.c.alert_id)
_HAS_FIRING = select(exists().where(_THEIRS, alerts.c.status == "firing"))
_HAS_FLAPPING = select(exists().where(_THEIRS, alerts.c.flapping))
_FIRING = select(group_alerts.c.alert_id, group_alerts.c.announced).where(_THEIRS, alerts.c.status == "firing")
_OPEN_OF = (
    select(group_alerts.c.alert_id, groups)
    .join(groups, groups.c.id == group_alerts.c.group_id)
    .where(group_alerts.c.alert_id.in_(_SOME), _IS_IN, groups.c.closed_at.is_(None))
)
_ROUTES = _OPEN_OF.with_only_columns(group_alerts.c.alert_id, groups.c.route)
_MARK = update(group_alerts).where(group_alerts.c.group_id == bindparam("of_group"))
_MARK_SOME = _MARK.where(group_alerts.c.alert_id.in_(_SOME))


def _group(row: Row[Any]) -> Group:
    return Group(**{name: getattr(row, name) for name in Group.__struct_fields__})


def find_open(tx: Tx, key: str) -> Group | None:
    """The open group with `key`, locked."""
    row = tx.conn.execute(_FIND, {"of_key": key}).one_or_none()
    return None if row is None else _group(row)


def open_group(tx: Tx, key: str, route: str, service: str, labels: Mapping[str, str]) -> Group:
    """Open a new group."""
    values = {"key": key, "route": route, "service": service, "labels": labels, "opened_at": tx.now}
    return _group(tx.conn.execute(_OPEN, values).one())


def get(conn: Connection, group_id: int, *, lock: bool = False) -> Group | None:
    """One group."""
    row = conn.execute(_LOCK if lock else _GET, {"of_group": group_id}).one_or_none()
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
    tx.conn.execute(_CHANGE, {"of_group": group_id, **values})


def open_groups_of(tx: Tx, alert_ids: Sequence[int]) -> dict[int, list[Group]]:
    """The open groups each alert is in."""
    found: dict[int, list[Group]] = {}
    for start in range(0, len(alert_ids), 500):
        for row in tx.conn.execute(_OPEN_OF, {"some": alert_ids[start : start + 500]}):
            found.setdefault(row.alert_id, []).append(_group(row))
    return found


def open_routes(conn: Connection, alert_ids: Sequence[int]) -> dict[int, set[str]]:
    """The routes of the open groups each alert is in."""
    found: dict[int, set[str]] = {}
    for start in range(0, len(alert_ids), 500):
        for alert_id, route in conn.execute(_ROUTES, {"some": alert_ids[start : start + 500]}):
            found.setdefault(alert_id, set()).add(route)
    return found


def has_firing(conn: Connection, group_id: int) -> bool:
    """Whether any alert of the group still fires."""
    return bool(conn.execute(_HAS_FIRING, {"of_group": group_id}).scalar_one())


def has_flapping(conn: Connection, group_id: int) -> bool:
    """Whether any alert of the group flaps."""
    return bool(conn.execute(_HAS_FLAPPING, {"of_group": group_id}).scalar_one())


def firing(conn: Connection, group_id: int) -> list[tuple[AlertRow, bool]]:
    """The firing alerts of a group, oldest first, each with whether a message named it already."""
    announced = {row.alert_id: row.announced for row in conn.execute(_FIRING, {"of_group": group_id})}
    return [(alert, announced[alert.id]) for alert in get_many(conn, list(announced))]


def members(conn: Connection, group_id: int) -> list[int]:
    """The ids of all alerts that ever were in the group."""
    query = select(group_alerts.c.alert_id).where(group_alerts.c.group_id == group_id)
    return list(conn.execute(query.order_by(group_alerts.c.alert_id)).scalars())


def mark_announced(tx: Tx, group_id: int, but: Sequence[int] = ()) -> None:
    """Every alert of the group stood in a message, except `but`."""
    tx.conn.execute(_MARK, {"of_group": group_id, "announced": True})
    for start in range(0, len(but), 500):
        tx.conn.execute(_MARK_SOME, {"of_group": group_id, "some": but[start : start + 500], "announced": False})
