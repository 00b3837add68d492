"""Everything known about one alert, in one read: for the screen that a person looks at while it fires."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, select

from incidentd.domain.episodes import KINDS, episodes
from incidentd.services import group_views
from incidentd.services.alerts import Alerts, existing_alert
from incidentd.services.pages import delivery_view
from incidentd.services.pages import views as page_views
from incidentd.storage import alerts, deliveries, event_log, groups, incidents, pages
from incidentd.storage.alerts import AlertRow
from incidentd.storage.schema import group_alerts
from incidentd.storage.schema import pages as pages_table
from incidentd.storage.store import Store
from incidentd.wire import groups as wire_groups

_PAGES = 20
"""No more pages than these are told of; an alert that recurs for months has many."""


class AlertDetails:
    """Answers `contracts.AlertCalls.detail`."""

    def __init__(self, store: Store, alerts_service: Alerts) -> None:
        self._store = store
        self._alerts = alerts_service

    async def detail(self, alert_id: int, viewer: str) -> wire_groups.AlertDetail:
        """Everything known about one alert. Raises `NotFound`."""
        return await self._store.read(lambda conn: self._detail(conn, alert_id, viewer))

    def _detail(self, conn: Connection, alert_id: int, viewer: str) -> wire_groups.AlertDetail:
        alert = existing_alert(conn, alert_id)
        group = groups.get(conn, alert.group_id) if alert.group_id is not None else None
        page_ids = _page_ids(conn, alert_id)
        return wire_groups.AlertDetail(
            trace=self._alerts.traced(conn, alert_id),
            group=group_views.views(conn, [group])[0] if group else None,
            pages=page_views(conn, pages.listed(conn, _newest_first(page_ids)), viewer),
            messages=_messages(conn, page_ids),
            incidents=_incidents(conn, alert),
            episodes=episodes(event_log.of_subjects(conn, [alert.subject], KINDS)),
        )


def _page_ids(conn: Connection, alert_id: int) -> list[int]:
    query = (
        select(pages_table.c.id)
        .join(group_alerts, group_alerts.c.group_id == pages_table.c.group_id)
        .where(group_alerts.c.alert_id == alert_id)
    )
    return list(conn.execute(query.order_by(pages_table.c.id.desc()).limit(_PAGES)).scalars())


def _newest_first(page_ids: list[int]) -> Select[Any]:
    return select(pages_table).where(pages_table.c.id.in_(page_ids)).order_by(pages_table.c.id.desc())


def _messages(conn: Connection, page_ids: list[int]) -> tuple[wire_groups.Message, ...]:
    sent = deliveries.of_pages(conn, page_ids)
    return tuple(
        wire_groups.Message(
            delivery=delivery_view(one), body=one.message.body, reason=one.message.reason, urgency=one.message.urgency
        )
        for one in reversed(sent)
    )


def _incidents(conn: Connection, alert: AlertRow) -> tuple[wire_groups.LinkedIncident, ...]:
    linked = alerts.links(conn, [alert.id]).get(alert.id)
    found = [incidents.get(conn, one) for one in (linked.incident_ids if linked else ())]
    return tuple(
        wire_groups.LinkedIncident(id=one.id, title=one.title, status=one.status.value, severity=one.severity.value)
        for one in found
        if one is not None
    )
