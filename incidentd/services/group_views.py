"""Groups as callers see them: counts, severities, and the page that tells of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, and_, func, select

from incidentd import wire
from incidentd.services import cursors
from incidentd.services.errors import NotFound
from incidentd.storage import alerts, groups, pages
from incidentd.storage.alerts import AlertRow
from incidentd.storage.groups import Group
from incidentd.storage.schema import alerts as alerts_table
from incidentd.storage.schema import group_alerts
from incidentd.storage.schema import groups as table
from incidentd.storage.store import Store
from incidentd.wire import groups as wire_groups

AlertViews = Callable[[Connection, Sequence[AlertRow]], tuple[wire.Alert, ...]]


def views(conn: Connection, rows: Sequence[Group]) -> tuple[wire_groups.Group, ...]:
    """Stored groups as the wire shows them; a fixed number of queries for up to a thousand rows."""
    ids = [row.id for row in rows]
    counts = groups.severities(conn, ids)
    page_of = pages.latest_of_groups(conn, ids)
    shown = []
    for row in rows:
        by_severity, total = counts.get(row.id, ({}, 0))
        page = page_of.get(row.id)
        shown.append(
            wire_groups.Group(
                id=row.id,
                route=row.route,
                service=row.service,
                labels=row.labels,
                opened_at=row.opened_at,
                notified_at=row.notified_at,
                closed_at=row.closed_at,
                severities=by_severity,
                firing=sum(by_severity.values()),
                total=total,
                page_id=page.id if page else None,
                page_state=page.state if page else "",
                acknowledged_by=page.acknowledged_by if page else "",
            )
        )
    return tuple(shown)


class GroupViews:
    """Implements `contracts.GroupCalls`."""

    def __init__(self, store: Store, alert_views: AlertViews) -> None:
        self._store = store
        self._alert_views = alert_views

    async def list(self, service: str, limit: int, cursor: str) -> wire_groups.GroupPage:
        """The open groups, newest first; those of one service if named. Raises `Invalid` for a bad cursor."""
        last = cursors.decode(cursor)
        wanted = [table.c.closed_at.is_(None), *([table.c.service == service] if service else [])]

        def query(conn: Connection) -> wire_groups.GroupPage:
            beyond = [] if last is None else [table.c.id < last]
            rows = groups.listed(
                conn, select(table).where(and_(*wanted, *beyond)).order_by(table.c.id.desc()).limit(limit + 1)
            )
            after = cursors.encode(rows[limit - 1].id if len(rows) > limit else None)
            total: int = conn.execute(select(func.count()).select_from(table).where(*wanted)).scalar_one()
            return wire_groups.GroupPage(groups=views(conn, rows[:limit]), next_cursor=after, total=total)

        return await self._store.read(query)

    async def members(self, group_id: int, limit: int, cursor: str) -> wire_groups.GroupMembers:
        """One group, open or closed, and a page of its alerts. Raises `NotFound`."""
        last = cursors.decode(cursor)

        def query(conn: Connection) -> wire_groups.GroupMembers:
            group = groups.get(conn, group_id)
            if group is None:
                raise NotFound(f"there is no group G-{group_id}")
            beyond = [] if last is None else [alerts_table.c.id > last]
            wanted = (
                select(alerts_table)
                .join(group_alerts, group_alerts.c.alert_id == alerts_table.c.id)
                .where(group_alerts.c.group_id == group_id, group_alerts.c.left_at.is_(None), *beyond)
            )
            rows = alerts.listed(conn, wanted.order_by(alerts_table.c.id).limit(limit + 1))
            after = cursors.encode(rows[limit - 1].id if len(rows) > limit else None)
            return wire_groups.GroupMembers(
                group=views(conn, [group])[0], alerts=self._alert_views(conn, rows[:limit]), next_cursor=after
            )

        return await self._store.read(query)
