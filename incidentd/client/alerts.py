"""Alerts, their groups, and saved views of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from incidentd import wire
from incidentd.client.calls import Calls, query_string
from incidentd.wire import bulk as wire_bulk
from incidentd.wire import groups as wire_groups
from incidentd.wire import views as wire_views


class AlertCalls(Calls):
    """What has come in."""

    async def alerts(
        self,
        *,
        status: str = "firing",
        service: str = "",
        match: Sequence[str] = (),
        q: str = "",
        order: str = "newest",
        limit: int = 100,
        cursor: str = "",
    ) -> wire.AlertPage:
        """`status` is firing, resolved or all; `match` holds matchers such as `team=web` or `host=~"db.*"`."""
        query = query_string(status=status, service=service, match=match, q=q, order=order, limit=limit, cursor=cursor)
        return await self._get(f"/v1/alerts{query}", wire.AlertPage)

    async def alert(self, alert_id: int) -> wire.Alert:
        return await self._get(f"/v1/alerts/{alert_id}", wire.Alert)

    async def trace(self, alert_id: int) -> wire.Trace:
        """Why somebody was, or was not, paged for this alert."""
        return await self._get(f"/v1/alerts/{alert_id}/trace", wire.Trace)

    async def raise_alert(self, body: wire.RaiseAlert) -> wire.Raised:
        return await self._send("POST", "/v1/alerts", wire.Raised, body)

    async def acknowledge_alert(self, alert_id: int, *, note: str = "", until: datetime | None = None) -> wire.Page:
        """Acknowledge the open page of this alert, for good or `until` then; a 409 says that there is none."""
        body = wire.Acknowledge(note=note, until=until)
        return await self._send("POST", f"/v1/alerts/{alert_id}/acknowledge", wire.Page, body)

    async def resolve_alert(self, alert_id: int, *, if_version: int | None = None) -> wire.Alert:
        return await self._send("POST", f"/v1/alerts/{alert_id}/resolve", wire.Alert, if_version=if_version)

    async def alert_detail(self, alert_id: int) -> wire_groups.AlertDetail:
        """Everything known about one alert: its trace, group, pages, messages, incidents and episodes."""
        return await self._get(f"/v1/alerts/{alert_id}/detail", wire_groups.AlertDetail)

    async def act_on_alerts(self, body: wire_bulk.BulkAlerts) -> wire_bulk.BulkOutcome:
        """One act on up to a thousand alerts; look at the outcome of each."""
        return await self._send("POST", "/v1/alerts/bulk", wire_bulk.BulkOutcome, body)

    async def groups(self, *, service: str = "", limit: int = 100, cursor: str = "") -> wire_groups.GroupPage:
        """The open groups, newest first."""
        return await self._get(
            f"/v1/groups{query_string(service=service, limit=limit, cursor=cursor)}", wire_groups.GroupPage
        )

    async def group(self, group_id: int, *, limit: int = 100, cursor: str = "") -> wire_groups.GroupMembers:
        """One group and a page of its alerts."""
        return await self._get(
            f"/v1/groups/{group_id}{query_string(limit=limit, cursor=cursor)}", wire_groups.GroupMembers
        )

    async def views(self) -> wire_views.Views:
        return await self._get("/v1/views", wire_views.Views)

    async def save_view(self, body: wire_views.SaveView) -> wire_views.View:
        """Save a view, over the one of that name."""
        return await self._send("POST", "/v1/views", wire_views.View, body)

    async def delete_view(self, view_id: int) -> wire_views.Views:
        return await self._send("DELETE", f"/v1/views/{view_id}", wire_views.Views)

    async def open_with_view(self, opens: str, *, pinned: bool = False) -> wire_views.Views:
        """What the caller's inbox begins with: "", a base such as waiting, or view:ID."""
        return await self._send(
            "PUT", "/v1/views/opens", wire_views.Views, wire_views.OpenWith(opens=opens, pinned=pinned)
        )
