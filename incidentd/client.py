"""The async client of the local socket API, as the terminal UI uses it.

One method a route, answers are the structs of `incidentd.wire`. Every call may raise `ApiError` (the daemon said no),
`Unreachable` (no daemon answered in time) or `VersionMismatch`. Reads are repeated across a restart of the daemon;
so are mutations, because each carries an idempotency key of its own. Times are in seconds.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from incidentd import (
    wire,
    wire_bulk,
    wire_checks,
    wire_drills,
    wire_duty,
    wire_groups,
    wire_pages,
    wire_quieting,
    wire_replay,
    wire_routes,
    wire_silences,
    wire_views,
)
from incidentd.exchange import ApiError, ClientError, Exchange, OnState, Unreachable, VersionMismatch, fitting
from incidentd.h1 import HttpRequest
from incidentd.unixsocket import default_socket_path

__all__ = ["ApiError", "Client", "ClientError", "Unreachable", "VersionMismatch"]

T = TypeVar("T")


class Client:
    """A connection pool to one daemon.

    `deadline` bounds how long a restart is waited for, `answer_timeout` how long one answer may take.
    """

    def __init__(
        self, socket_path: str | os.PathLike[str] | None = None, *, deadline: float = 5.0, answer_timeout: float = 30.0
    ) -> None:
        self.socket_path = os.fspath(socket_path) if socket_path is not None else default_socket_path()
        self._exchange = Exchange(self.socket_path, deadline=deadline, answer_timeout=answer_timeout)

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the idle connections; a running `events` ends when its task is cancelled."""
        self._exchange.close()

    # ------------------------------------------------------------------ daemon
    async def info(self) -> wire.Info:
        return await self._get("/v1/info", wire.Info)

    async def health(self) -> wire.Health:
        return await self._get("/v1/health", wire.Health)

    async def reload(self) -> wire.Reloaded:
        return await self._send("POST", "/v1/reload", wire.Reloaded)

    # ------------------------------------------------------------------ alerts
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
        query = _query(status=status, service=service, match=match, q=q, order=order, limit=limit, cursor=cursor)
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
            f"/v1/groups{_query(service=service, limit=limit, cursor=cursor)}", wire_groups.GroupPage
        )

    async def group(self, group_id: int, *, limit: int = 100, cursor: str = "") -> wire_groups.GroupMembers:
        """One group and a page of its alerts."""
        return await self._get(f"/v1/groups/{group_id}{_query(limit=limit, cursor=cursor)}", wire_groups.GroupMembers)

    # ------------------------------------------------------------------ saved views
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

    # ------------------------------------------------------------------ silences
    async def silences(self, state: str = "current") -> wire_silences.SilenceList:
        """`state` is current (active or pending), active, pending, expired (for five days) or all."""
        return await self._get(f"/v1/silences{_query(state=state)}", wire_silences.SilenceList)

    async def silence(self, silence_id: str) -> wire_silences.Silence:
        return await self._get(f"/v1/silences/{quote(silence_id, safe='')}", wire_silences.Silence)

    async def set_silence(self, body: wire_silences.SetSilence) -> wire_silences.Silence:
        """Set a new silence, or change one; look at the id of the answer."""
        return await self._send("POST", "/v1/silences", wire_silences.Silence, body)

    async def expire_silence(self, silence_id: str) -> wire_silences.Silence:
        return await self._send("DELETE", f"/v1/silences/{quote(silence_id, safe='')}", wire_silences.Silence)

    async def preview_silence(self, matchers: Sequence[str]) -> wire_silences.SilencePreview:
        """The firing alerts that a silence with `matchers` would hide."""
        body = wire_silences.PreviewSilence(matchers=tuple(matchers))
        return await self._send("POST", "/v1/silences/preview", wire_silences.SilencePreview, body)

    # ------------------------------------------------------------------ checks
    async def checks(self, *, kind: str = "", status: str = "") -> wire_checks.CheckList:
        """Heartbeats and probes; `kind` and `status` narrow the list."""
        return await self._get(f"/v1/checks{_query(kind=kind, status=status)}", wire_checks.CheckList)

    async def check(self, name: str) -> wire_checks.Check:
        """One check by NAME or SOURCE/NAME, with its latest results."""
        return await self._get(f"/v1/checks/{quote(name, safe='')}", wire_checks.Check)

    async def check_url(self, name: str) -> wire_checks.CheckUrl:
        return await self._get(f"/v1/checks/{quote(name, safe='')}/url", wire_checks.CheckUrl)

    async def pause_check(self, name: str, *, note: str = "") -> wire_checks.Check:
        body = wire_checks.PauseCheck(note=note)
        return await self._send("POST", f"/v1/checks/{quote(name, safe='')}/pause", wire_checks.Check, body)

    async def resume_check(self, name: str) -> wire_checks.Check:
        return await self._send("POST", f"/v1/checks/{quote(name, safe='')}/resume", wire_checks.Check)

    async def delete_check(self, name: str) -> wire_checks.Check:
        return await self._send("DELETE", f"/v1/checks/{quote(name, safe='')}", wire_checks.Check)

    # ------------------------------------------------------------------ maintenance, recurring rules
    async def maintenance(self, state: str = "current") -> wire_quieting.MaintenanceList:
        """`state` is current (planned or active), planned, active, over (for thirty days) or all."""
        return await self._get(f"/v1/maintenance{_query(state=state)}", wire_quieting.MaintenanceList)

    async def maintenance_window(self, window_id: int) -> wire_quieting.Maintenance:
        return await self._get(f"/v1/maintenance/{window_id}", wire_quieting.Maintenance)

    async def plan_maintenance(self, body: wire_quieting.PlanMaintenance) -> wire_quieting.Maintenance:
        return await self._send("POST", "/v1/maintenance", wire_quieting.Maintenance, body)

    async def end_maintenance(self, window_id: int) -> wire_quieting.Maintenance:
        return await self._send("POST", f"/v1/maintenance/{window_id}/end", wire_quieting.Maintenance)

    async def extend_maintenance(self, window_id: int, seconds: float) -> wire_quieting.Maintenance:
        """More time; look at the id of the answer: what is over is continued by another window."""
        body = wire_quieting.ExtendMaintenance(by=seconds)
        return await self._send("POST", f"/v1/maintenance/{window_id}/extend", wire_quieting.Maintenance, body)

    async def recurring(self) -> wire_quieting.RecurringList:
        return await self._get("/v1/recurring", wire_quieting.RecurringList)

    async def recurring_rule(self, rule_id: int) -> wire_quieting.Recurring:
        return await self._get(f"/v1/recurring/{rule_id}", wire_quieting.Recurring)

    async def set_recurring(self, body: wire_quieting.SetRecurring) -> wire_quieting.Recurring:
        """Set a new rule, or with `id` change one."""
        return await self._send("POST", "/v1/recurring", wire_quieting.Recurring, body)

    async def end_recurring(self, rule_id: int) -> wire_quieting.Recurring:
        return await self._send("DELETE", f"/v1/recurring/{rule_id}", wire_quieting.Recurring)

    async def preview_hiding(self, body: wire_quieting.PreviewHiding) -> wire_quieting.HidingPreview:
        """What something would hide now, and has hidden in the last seven days."""
        return await self._send("POST", "/v1/hiding/preview", wire_quieting.HidingPreview, body)

    # ------------------------------------------------------------------ pages
    async def pages(
        self, *, state: str = "active", mine: bool = False, limit: int = 100, cursor: str = ""
    ) -> wire.PagePage:
        """`state` is open, acknowledged, resolved, exhausted, active (open or acknowledged) or all."""
        query = _query(state=state, mine="1" if mine else "", limit=limit, cursor=cursor)
        return await self._get(f"/v1/pages{query}", wire.PagePage)

    async def page(self, page_id: int) -> wire_pages.PageDetail:
        return await self._get(f"/v1/pages/{page_id}", wire_pages.PageDetail)

    async def raise_page(self, body: wire.RaisePage) -> wire.Page:
        return await self._send("POST", "/v1/pages", wire.Page, body)

    async def acknowledge_page(
        self, page_id: int, *, note: str = "", until: datetime | None = None, if_version: int | None = None
    ) -> wire.Page:
        """Stop the escalation, for good or `until` then."""
        body = wire.Acknowledge(note=note, until=until)
        return await self._send("POST", f"/v1/pages/{page_id}/acknowledge", wire.Page, body, if_version=if_version)

    async def hand_back_page(self, page_id: int, *, note: str = "", if_version: int | None = None) -> wire.Page:
        """Undo an acknowledgement: the escalation goes on where it stood."""
        body = wire.HandBack(note=note)
        return await self._send("POST", f"/v1/pages/{page_id}/hand-back", wire.Page, body, if_version=if_version)

    async def resolve_page(self, page_id: int, *, if_version: int | None = None) -> wire.Page:
        return await self._send("POST", f"/v1/pages/{page_id}/resolve", wire.Page, if_version=if_version)

    async def escalate_page(self, page_id: int, *, if_version: int | None = None) -> wire.Page:
        """Notify the next step now."""
        return await self._send("POST", f"/v1/pages/{page_id}/escalate", wire.Page, if_version=if_version)

    # ------------------------------------------------------------------ incidents
    async def incidents(
        self, *, state: str = "open", q: str = "", limit: int = 100, cursor: str = ""
    ) -> wire.IncidentPage:
        """`state` is open, closed or all."""
        query = _query(state=state, q=q, limit=limit, cursor=cursor)
        return await self._get(f"/v1/incidents{query}", wire.IncidentPage)

    async def incident(self, incident_id: int) -> wire.IncidentDetail:
        return await self._get(f"/v1/incidents/{incident_id}", wire.IncidentDetail)

    async def declare(self, body: wire.DeclareIncident) -> wire.Incident:
        return await self._send("POST", "/v1/incidents", wire.Incident, body)

    async def edit_incident(
        self, incident_id: int, body: wire.EditIncident, *, if_version: int | None = None
    ) -> wire.Incident:
        return await self._send("PATCH", f"/v1/incidents/{incident_id}", wire.Incident, body, if_version=if_version)

    async def change_status(
        self, incident_id: int, body: wire.ChangeStatus, *, if_version: int | None = None
    ) -> wire.Incident:
        return await self._send(
            "POST", f"/v1/incidents/{incident_id}/status", wire.Incident, body, if_version=if_version
        )

    async def set_severity(
        self, incident_id: int, body: wire.SetSeverity, *, if_version: int | None = None
    ) -> wire.Incident:
        path = f"/v1/incidents/{incident_id}/severity"
        return await self._send("POST", path, wire.Incident, body, if_version=if_version)

    async def assign_role(
        self, incident_id: int, body: wire.AssignRole, *, if_version: int | None = None
    ) -> wire.Incident:
        return await self._send(
            "POST", f"/v1/incidents/{incident_id}/roles", wire.Incident, body, if_version=if_version
        )

    async def add_note(self, incident_id: int, body: wire.AddNote) -> wire.TimelineEntry:
        return await self._send("POST", f"/v1/incidents/{incident_id}/notes", wire.TimelineEntry, body)

    async def post_update(self, incident_id: int, body: wire.PostUpdate) -> wire.Update:
        return await self._send("POST", f"/v1/incidents/{incident_id}/updates", wire.Update, body)

    async def link_alerts(self, incident_id: int, alert_ids: Sequence[int]) -> wire.Incident:
        body = wire.LinkAlerts(alert_ids=tuple(alert_ids))
        return await self._send("POST", f"/v1/incidents/{incident_id}/alerts", wire.Incident, body)

    async def unlink_alert(self, incident_id: int, alert_id: int) -> wire.Incident:
        return await self._send("DELETE", f"/v1/incidents/{incident_id}/alerts/{alert_id}", wire.Incident)

    async def timeline(self, incident_id: int) -> wire.Timeline:
        return await self._get(f"/v1/incidents/{incident_id}/timeline", wire.Timeline)

    # ------------------------------------------------------------------ people
    async def people(self) -> wire.People:
        return await self._get("/v1/people", wire.People)

    async def services(self) -> wire.Services:
        return await self._get("/v1/services", wire.Services)

    async def on_call(self) -> wire.OnCallNow:
        return await self._get("/v1/oncall", wire.OnCallNow)

    async def drills(self) -> wire_drills.DrillList:
        return await self._get("/v1/drills", wire_drills.DrillList)

    async def drill(self, drill_id: int) -> wire_drills.Drill:
        return await self._get(f"/v1/drills/{drill_id}", wire_drills.Drill)

    async def start_drill(self, body: wire_drills.StartDrill) -> wire_drills.Drill:
        return await self._send("POST", "/v1/drills", wire_drills.Drill, body)

    async def stop_drill(self, drill_id: int) -> wire_drills.Drill:
        return await self._send("POST", f"/v1/drills/{drill_id}/stop", wire_drills.Drill)

    async def resume_drill(self, drill_id: int) -> wire_drills.Drill:
        return await self._send("POST", f"/v1/drills/{drill_id}/resume", wire_drills.Drill)

    async def start_replay(self, body: wire_replay.StartReplay) -> wire_replay.Replay:
        return await self._send("POST", "/v1/replays", wire_replay.Replay, body)

    async def replay(self, replay_id: int) -> wire_replay.Replay:
        return await self._get(f"/v1/replays/{replay_id}", wire_replay.Replay)

    async def cancel_replay(self, replay_id: int) -> wire_replay.Replay:
        return await self._send("DELETE", f"/v1/replays/{replay_id}", wire_replay.Replay)

    async def schedules(
        self, schedule: str = "", *, starts_at: datetime | None = None, ends_at: datetime | None = None
    ) -> wire_duty.Schedules:
        """Final schedules over a time (four weeks from now), with their changes."""
        times = {name: at.isoformat() for name, at in (("starts_at", starts_at), ("ends_at", ends_at)) if at}
        return await self._get(f"/v1/schedules{_query(schedule=schedule, **times)}", wire_duty.Schedules)

    async def calendar_feed(self, kind: str, name: str) -> wire_duty.FeedUrl:
        """Where a calendar reads the shifts of a person, a schedule or a team (`kind`)."""
        return await self._get(f"/v1/calendars/{quote(kind, safe='')}/{quote(name, safe='')}", wire_duty.FeedUrl)

    async def revoke_calendar_feed(self, kind: str, name: str) -> wire_duty.FeedUrl:
        path = f"/v1/calendars/{quote(kind, safe='')}/{quote(name, safe='')}/revoke"
        return await self._send("POST", path, wire_duty.FeedUrl)

    async def set_override(self, body: wire_duty.SetOverride) -> wire_duty.Override:
        return await self._send("POST", "/v1/overrides", wire_duty.Override, body)

    async def edit_override(
        self, override_id: int, body: wire_duty.EditOverride, *, if_version: int | None = None
    ) -> wire_duty.Override:
        path = f"/v1/overrides/{override_id}"
        return await self._send("PATCH", path, wire_duty.Override, body, if_version=if_version)

    async def end_override(self, override_id: int, *, if_version: int | None = None) -> wire_duty.Override:
        return await self._send("DELETE", f"/v1/overrides/{override_id}", wire_duty.Override, if_version=if_version)

    async def propose_swap(self, body: wire_duty.ProposeSwap) -> wire_duty.Swap:
        return await self._send("POST", "/v1/swaps", wire_duty.Swap, body)

    async def settle_swap(
        self, swap_id: int, body: wire_duty.SettleSwap, *, if_version: int | None = None
    ) -> wire_duty.Swap:
        return await self._send("POST", f"/v1/swaps/{swap_id}/settle", wire_duty.Swap, body, if_version=if_version)

    async def set_absence(self, body: wire_duty.SetAbsence) -> wire_duty.Absence:
        return await self._send("POST", "/v1/absences", wire_duty.Absence, body)

    async def end_absence(self, absence_id: int, *, if_version: int | None = None) -> wire_duty.Absence:
        return await self._send("DELETE", f"/v1/absences/{absence_id}", wire_duty.Absence, if_version=if_version)

    async def test_route(self, labels: Mapping[str, str]) -> wire_routes.RouteTest:
        """The way of an alert with `labels` through the routing tree, without sending one."""
        query = _query(label=[f"{name}={value}" for name, value in labels.items()])
        return await self._get(f"/v1/route{query}", wire_routes.RouteTest)

    async def test_notifier(self, instance: str) -> wire_pages.Delivery:
        """Send a test message to the caller's own contact on that notifier."""
        return await self._send("POST", f"/v1/notifiers/{quote(instance, safe='')}/test", wire_pages.Delivery)

    async def test_person(self, handle: str) -> wire_pages.PersonTest:
        return await self._send("POST", f"/v1/people/{quote(handle, safe='')}/test", wire_pages.PersonTest)

    async def delivery(self, delivery_id: int) -> wire_pages.Delivery:
        return await self._get(f"/v1/deliveries/{delivery_id}", wire_pages.Delivery)

    # ------------------------------------------------------------------ drafts
    async def draft(self, key: str) -> wire.Draft:
        """The caller's own unsent text under `key` ("" when there is none)."""
        return await self._get(f"/v1/drafts/{quote(key, safe='')}", wire.Draft)

    async def save_draft(self, key: str, text: str) -> wire.Draft:
        return await self._send("PUT", f"/v1/drafts/{quote(key, safe='')}", wire.Draft, wire.SaveDraft(text=text))

    async def delete_draft(self, key: str) -> None:
        await self._send("DELETE", f"/v1/drafts/{quote(key, safe='')}", None)

    # ------------------------------------------------------------------ events
    async def event_page(self, after: int = 0, limit: int = 100) -> wire.EventPage:
        """Events with a seq greater than `after`, oldest first."""
        return await self._get(f"/v1/events{_query(after=after, limit=limit)}", wire.EventPage)

    async def events(self, after: int, on_state: OnState | None = None) -> AsyncGenerator[wire.Event, None]:
        """Every event after seq `after`, once and in order, forever: across restarts it resumes where it was.

        `on_state` is told True when the stream is connected and False when it is lost (or could not be had at first).
        Raises `VersionMismatch`, and `ApiError` when the daemon refuses the stream for good (4xx).
        """
        async with contextlib.aclosing(self._exchange.follow(after, on_state)) as followed:
            async for event in followed:
                yield event

    # ------------------------------------------------------------------ exchange
    async def _get(self, target: str, answer: type[T]) -> T:
        return fitting(await self._exchange.ask(HttpRequest(method="GET", target=target)), answer)

    async def _send(
        self,
        method: str,
        target: str,
        answer: type[T] | None,
        body: wire.Request | None = None,
        *,
        if_version: int | None = None,
    ) -> T:
        headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/json"}
        if if_version is not None:
            headers["If-Match"] = f'"{if_version}"'
        encoded = b"" if body is None else msgspec.json.encode(body)
        raw = await self._exchange.ask(HttpRequest(method=method, target=target, headers=headers, body=encoded))
        return fitting(raw or b"null", answer)


def _query(**values: str | int | Sequence[str]) -> str:
    given: Mapping[str, object] = {name: value for name, value in values.items() if value not in ("", ())}
    return "?" + urlencode(given, doseq=True) if given else ""
