"""The one table of routes: requests are checked and dispatched by it, and OpenAPI is generated from it."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

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
from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call
from incidentd.api.handlers import (
    alerts,
    checks,
    daemon,
    drills,
    duty,
    groups,
    incidents,
    quieting,
    replays,
    silences,
    views,
)
from incidentd.api.identity import Role
from incidentd.api.problems import Fault, invalid
from incidentd.services.contracts import Calls

Handler = Callable[[Calls, Call[Any, Any]], Awaitable[object]]
_MAX_NAME = 200
_NUMBER = re.compile(r"[0-9]{1,16}")
_PLACEHOLDER = re.compile(r"\\{(\w+)\\}")


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """`{id}` and `{..._id}` in `path` are numbers, other placeholders texts. `versioned`: takes If-Match."""

    method: str
    path: str
    handler: Handler
    role: Role
    answer: type[msgspec.Struct] | None
    summary: str
    body: type[wire.Request] = Empty
    query: type[queries.Query] = queries.Query
    status: int = 200
    versioned: bool = False
    stream: bool = False  # an event stream when the caller accepts text/event-stream

    @property
    def mutates(self) -> bool:
        """Whether it takes a body and an idempotency key."""
        return self.method != "GET"

    @property
    def tagged(self) -> bool:
        """Whether the answer is one object with a version, so that it has an entity tag."""
        return self.answer is not None and _has_version(self.answer)


@functools.cache
def _has_version(answer: type[msgspec.Struct]) -> bool:
    return any(field.name == "version" and field.type is int for field in msgspec.structs.fields(answer))


def _get(
    path: str,
    handler: Handler,
    answer: type[msgspec.Struct],
    summary: str,
    *,
    query: type[queries.Query] = queries.Query,
) -> Route:
    return Route(
        method="GET", path=path, handler=handler, role=Role.VIEWER, answer=answer, summary=summary, query=query
    )


def _post(
    path: str,
    handler: Handler,
    answer: type[msgspec.Struct],
    summary: str,
    *,
    body: type[wire.Request] = Empty,
    status: int = 200,
    versioned: bool = False,
) -> Route:
    return Route(
        method="POST",
        path=path,
        handler=handler,
        role=Role.RESPONDER,
        answer=answer,
        summary=summary,
        body=body,
        status=status,
        versioned=versioned,
    )


_created = functools.partial(_post, status=201)
_changed = functools.partial(_post, versioned=True)

ROUTES: tuple[Route, ...] = (
    _get("/v1/info", daemon.get_info, wire.Info, "Who answers, and who is asking"),
    _get("/v1/health", daemon.get_health, wire.Health, "What works and what does not"),
    Route(
        method="GET",
        path="/v1/openapi.json",
        handler=daemon.get_openapi,
        role=Role.VIEWER,
        answer=None,
        summary="This API as OpenAPI 3.1",
    ),
    Route(
        method="GET",
        path="/v1/events",
        handler=daemon.list_events,
        role=Role.VIEWER,
        answer=wire.EventPage,
        summary="The event log; a stream with Accept: text/event-stream",
        query=queries.Events,
        stream=True,
    ),
    _get("/v1/alerts", alerts.list_alerts, wire.AlertPage, "Alerts", query=queries.Alerts),
    _post(
        "/v1/alerts/bulk",
        groups.act_on_alerts,
        wire_bulk.BulkOutcome,
        "One act on many alerts, with an outcome for each",
        body=wire_bulk.BulkAlerts,
    ),
    _get("/v1/alerts/{id}", alerts.get_alert, wire.Alert, "One alert"),
    _get("/v1/alerts/{id}/trace", alerts.trace_alert, wire.Trace, "Why was somebody, or nobody, paged?"),
    _get("/v1/alerts/{id}/detail", groups.get_detail, wire_groups.AlertDetail, "Everything known about one alert"),
    _created("/v1/alerts", alerts.raise_alert, wire.Raised, "Raise an alert by hand", body=wire.RaiseAlert),
    _post(
        "/v1/alerts/{id}/acknowledge",
        alerts.acknowledge_alert,
        wire.Page,
        "Acknowledge the alert's open page (409 when there is none)",
        body=wire.Acknowledge,
    ),
    _changed("/v1/alerts/{id}/resolve", alerts.resolve_alert, wire.Alert, "Resolve an alert by hand"),
    _get("/v1/groups", groups.list_groups, wire_groups.GroupPage, "The open groups", query=queries.Groups),
    _get(
        "/v1/groups/{id}",
        groups.get_group,
        wire_groups.GroupMembers,
        "One group and its alerts",
        query=queries.Members,
    ),
    _get("/v1/silences", silences.list_silences, wire_silences.SilenceList, "Silences", query=queries.Silences),
    _created(
        "/v1/silences",
        silences.set_silence,
        wire_silences.Silence,
        "Set or change a silence",
        body=wire_silences.SetSilence,
    ),
    _post(
        "/v1/silences/preview",
        silences.preview_silence,
        wire_silences.SilencePreview,
        "The firing alerts that a silence would hide",
        body=wire_silences.PreviewSilence,
    ),
    _get("/v1/silences/{silence}", silences.get_silence, wire_silences.Silence, "One silence"),
    Route(
        method="DELETE",
        path="/v1/silences/{silence}",
        handler=silences.expire_silence,
        role=Role.RESPONDER,
        answer=wire_silences.Silence,
        summary="End a silence now",
    ),
    _get("/v1/checks", checks.list_checks, wire_checks.CheckList, "Heartbeats and probes", query=queries.Checks),
    _get("/v1/checks/{check}", checks.get_check, wire_checks.Check, "One check, by NAME or SOURCE%2FNAME"),
    Route(
        method="GET",
        path="/v1/checks/{check}/url",
        handler=checks.get_check_url,
        role=Role.RESPONDER,
        answer=wire_checks.CheckUrl,
        summary="Where a heartbeat's pings go",
    ),
    _post(
        "/v1/checks/{check}/pause",
        checks.pause_check,
        wire_checks.Check,
        "Let a check page nobody until it is resumed",
        body=wire_checks.PauseCheck,
    ),
    _post("/v1/checks/{check}/resume", checks.resume_check, wire_checks.Check, "Take a pause back"),
    Route(
        method="DELETE",
        path="/v1/checks/{check}",
        handler=checks.delete_check,
        role=Role.RESPONDER,
        answer=wire_checks.Check,
        summary="Delete a check that a ping made; its alert ends",
    ),
    _get(
        "/v1/maintenance",
        quieting.list_maintenance,
        wire_quieting.MaintenanceList,
        "Maintenance windows",
        query=queries.Maintenance,
    ),
    _created(
        "/v1/maintenance",
        quieting.plan_maintenance,
        wire_quieting.Maintenance,
        "Plan maintenance, or start it now",
        body=wire_quieting.PlanMaintenance,
    ),
    _get("/v1/maintenance/{id}", quieting.get_maintenance, wire_quieting.Maintenance, "One maintenance window"),
    _post(
        "/v1/maintenance/{id}/end",
        quieting.end_maintenance,
        wire_quieting.Maintenance,
        "End maintenance now, or call it off",
    ),
    _post(
        "/v1/maintenance/{id}/extend",
        quieting.extend_maintenance,
        wire_quieting.Maintenance,
        "Give maintenance more time",
        body=wire_quieting.ExtendMaintenance,
    ),
    _get("/v1/recurring", quieting.list_recurring, wire_quieting.RecurringList, "Recurring silences and maintenance"),
    _created(
        "/v1/recurring",
        quieting.set_recurring,
        wire_quieting.Recurring,
        "Set or change a rule by which a silence or maintenance recurs",
        body=wire_quieting.SetRecurring,
    ),
    _get("/v1/recurring/{id}", quieting.get_recurring, wire_quieting.Recurring, "One rule and its next occurrences"),
    Route(
        method="DELETE",
        path="/v1/recurring/{id}",
        handler=quieting.end_recurring,
        role=Role.RESPONDER,
        answer=wire_quieting.Recurring,
        summary="End a rule now",
    ),
    _post(
        "/v1/hiding/preview",
        quieting.preview_hiding,
        wire_quieting.HidingPreview,
        "What something would hide now, and has hidden in the last seven days",
        body=wire_quieting.PreviewHiding,
    ),
    _get("/v1/pages", alerts.list_pages, wire.PagePage, "Pages", query=queries.Pages),
    _created("/v1/pages", alerts.raise_page, wire.Page, "Page somebody by hand", body=wire.RaisePage),
    _get("/v1/pages/{id}", alerts.get_page, wire_pages.PageDetail, "One page and its deliveries"),
    _changed(
        "/v1/pages/{id}/acknowledge", alerts.acknowledge_page, wire.Page, "Stop the escalation", body=wire.Acknowledge
    ),
    _changed(
        "/v1/pages/{id}/hand-back",
        alerts.hand_back_page,
        wire.Page,
        "Undo an acknowledgement: the escalation goes on where it stood (409 when it is not acknowledged)",
        body=wire.HandBack,
    ),
    _changed("/v1/pages/{id}/resolve", alerts.resolve_page, wire.Page, "End the page"),
    _changed("/v1/pages/{id}/escalate", alerts.escalate_page, wire.Page, "Notify the next step now"),
    _get("/v1/incidents", incidents.list_incidents, wire.IncidentPage, "Incidents", query=queries.Incidents),
    _created(
        "/v1/incidents", incidents.declare_incident, wire.Incident, "Declare an incident", body=wire.DeclareIncident
    ),
    _get("/v1/incidents/{id}", incidents.get_incident, wire.IncidentDetail, "One incident with roles and updates"),
    Route(
        method="PATCH",
        path="/v1/incidents/{id}",
        handler=incidents.edit_incident,
        role=Role.RESPONDER,
        answer=wire.Incident,
        summary="Edit title, summary, service or stakeholders",
        body=wire.EditIncident,
        versioned=True,
    ),
    _changed(
        "/v1/incidents/{id}/status", incidents.change_status, wire.Incident, "Change status", body=wire.ChangeStatus
    ),
    _changed(
        "/v1/incidents/{id}/severity", incidents.set_severity, wire.Incident, "Set severity", body=wire.SetSeverity
    ),
    _changed(
        "/v1/incidents/{id}/roles", incidents.assign_role, wire.Incident, "Hand over a role", body=wire.AssignRole
    ),
    _created(
        "/v1/incidents/{id}/notes", incidents.add_note, wire.TimelineEntry, "Write to the timeline", body=wire.AddNote
    ),
    _created("/v1/incidents/{id}/updates", incidents.post_update, wire.Update, "Post an update", body=wire.PostUpdate),
    _post("/v1/incidents/{id}/alerts", incidents.link_alerts, wire.Incident, "Link alerts", body=wire.LinkAlerts),
    Route(
        method="DELETE",
        path="/v1/incidents/{id}/alerts/{alert_id}",
        handler=incidents.unlink_alert,
        role=Role.RESPONDER,
        answer=wire.Incident,
        summary="Unlink an alert",
    ),
    _get("/v1/incidents/{id}/timeline", incidents.get_timeline, wire.Timeline, "The timeline"),
    _get("/v1/people", daemon.list_people, wire.People, "People of the roster"),
    _get("/v1/services", daemon.list_services, wire.Services, "Services of the roster"),
    _get(
        "/v1/route",
        daemon.test_route,
        wire_routes.RouteTest,
        "The way of an alert with these labels, without sending one",
        query=queries.RouteTest,
    ),
    _get("/v1/drills", drills.list_drills, wire_drills.DrillList, "Drills"),
    _created(
        "/v1/drills",
        drills.start_drill,
        wire_drills.Drill,
        "Replay a scenario or an incident for those who take part; nobody else is written to",
        body=wire_drills.StartDrill,
    ),
    _get("/v1/drills/{id}", drills.get_drill, wire_drills.Drill, "One drill, and its summary once it is over"),
    _post("/v1/drills/{id}/stop", drills.stop_drill, wire_drills.Drill, "End a drill now"),
    _post("/v1/drills/{id}/resume", drills.resume_drill, wire_drills.Drill, "Go on after a real page paused it"),
    _created(
        "/v1/replays",
        replays.start_replay,
        wire_replay.Replay,
        "Replay the recorded alerts under an edited configuration; nothing is sent",
        body=wire_replay.StartReplay,
    ),
    Route(
        method="GET",
        path="/v1/replays/{id}",
        handler=replays.get_replay,
        role=Role.RESPONDER,
        answer=wire_replay.Replay,
        summary="How far a replay is, and its report",
    ),
    Route(
        method="DELETE",
        path="/v1/replays/{id}",
        handler=replays.cancel_replay,
        role=Role.RESPONDER,
        answer=wire_replay.Replay,
        summary="End a replay",
    ),
    _get("/v1/oncall", daemon.get_on_call, wire.OnCallNow, "Who carries the pager now"),
    _get(
        "/v1/schedules",
        duty.list_schedules,
        wire_duty.Schedules,
        "Final schedules over a time, with their changes",
        query=queries.Schedules,
    ),
    Route(
        method="GET",
        path="/v1/calendars/{kind}/{name}",
        handler=duty.get_feed,
        role=Role.RESPONDER,
        answer=wire_duty.FeedUrl,
        summary="Where a calendar reads the shifts of a person, a schedule or a team",
    ),
    _post(
        "/v1/calendars/{kind}/{name}/revoke",
        duty.revoke_feed,
        wire_duty.FeedUrl,
        "Another address; the ones given before are void",
    ),
    _created(
        "/v1/overrides",
        duty.set_override,
        wire_duty.Override,
        "Let somebody carry a pager for a time",
        body=wire_duty.SetOverride,
    ),
    Route(
        method="PATCH",
        path="/v1/overrides/{id}",
        handler=duty.edit_override,
        role=Role.RESPONDER,
        answer=wire_duty.Override,
        summary="Change an override",
        body=wire_duty.EditOverride,
        versioned=True,
    ),
    Route(
        method="DELETE",
        path="/v1/overrides/{id}",
        handler=duty.end_override,
        role=Role.RESPONDER,
        answer=wire_duty.Override,
        summary="Take an override back; one that has begun ends now",
        versioned=True,
    ),
    _created(
        "/v1/swaps",
        duty.propose_swap,
        wire_duty.Swap,
        "Offer a time of the caller's for one of somebody else's",
        body=wire_duty.ProposeSwap,
    ),
    _changed(
        "/v1/swaps/{id}/settle",
        duty.settle_swap,
        wire_duty.Swap,
        "Accept, decline or cancel a swap",
        body=wire_duty.SettleSwap,
    ),
    _created("/v1/absences", duty.set_absence, wire_duty.Absence, "Somebody is away", body=wire_duty.SetAbsence),
    Route(
        method="DELETE",
        path="/v1/absences/{id}",
        handler=duty.end_absence,
        role=Role.RESPONDER,
        answer=wire_duty.Absence,
        summary="Take an absence back; one that has begun ends now",
        versioned=True,
    ),
    _post(
        "/v1/notifiers/{instance}/test",
        alerts.test_notifier,
        wire_pages.Delivery,
        "Send a test message to the caller's contact",
    ),
    _get("/v1/views", views.list_views, wire_views.Views, "Saved views of the inbox"),
    _post("/v1/views", views.save_view, wire_views.View, "Save a view", body=wire_views.SaveView),
    Route(
        method="PUT",
        path="/v1/views/opens",
        handler=views.open_with,
        role=Role.RESPONDER,
        answer=wire_views.Views,
        summary="What the caller's inbox begins with",
        body=wire_views.OpenWith,
    ),
    Route(
        method="DELETE",
        path="/v1/views/{id}",
        handler=views.delete_view,
        role=Role.RESPONDER,
        answer=wire_views.Views,
        summary="Delete a view",
    ),
    _post(
        "/v1/people/{person}/test",
        alerts.test_person,
        wire_pages.PersonTest,
        "Send a test message by each contact method of a person",
    ),
    _get("/v1/deliveries/{id}", alerts.get_delivery, wire_pages.Delivery, "One message and what became of it"),
    Route(
        method="GET",
        path="/v1/drafts/{key}",
        handler=daemon.get_draft,
        role=Role.RESPONDER,
        answer=wire.Draft,
        summary="The caller's own draft",
    ),
    Route(
        method="PUT",
        path="/v1/drafts/{key}",
        handler=daemon.save_draft,
        role=Role.RESPONDER,
        answer=wire.Draft,
        summary="Keep a draft",
        body=wire.SaveDraft,
    ),
    Route(
        method="DELETE",
        path="/v1/drafts/{key}",
        handler=daemon.delete_draft,
        role=Role.RESPONDER,
        answer=None,
        summary="Drop a draft",
        status=204,
    ),
    Route(
        method="POST",
        path="/v1/reload",
        handler=daemon.reload,
        role=Role.ADMIN,
        answer=wire.Reloaded,
        summary="Read the configuration again",
    ),
)


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A route with the numbers and texts that the path gave for its placeholders."""

    route: Route
    ids: Mapping[str, int]
    names: Mapping[str, str]


class Router:
    """Finds the route of a request in `routes`."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        by_path: dict[str, dict[str, Route]] = {}
        for route in routes:
            by_path.setdefault(route.path, {})[route.method] = route
        self._patterns = [(_pattern(path), methods) for path, methods in by_path.items()]

    def find(self, method: str, raw_path: str) -> Match:
        """The route of a percent-encoded path. Raises `Fault`: 404, 405 with Allow, 400 for a malformed name."""
        for pattern, methods in self._patterns:
            if (found := pattern.fullmatch(raw_path)) is None:
                continue
            if method not in methods:
                allowed = ", ".join(sorted(methods))
                detail = f"{method} is not possible here"
                raise Fault(405, "method-not-allowed", detail, remedy=f"use {allowed}", headers={"Allow": allowed})
            given = found.groupdict()
            ids = {name: _number(name, text) for name, text in given.items() if name.endswith("id")}
            names = {name: _name(name, text) for name, text in given.items() if not name.endswith("id")}
            return Match(route=methods[method], ids=ids, names=names)
        raise Fault(404, "unknown-route", "there is no such route", remedy="GET /v1/openapi.json lists the routes")


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(_PLACEHOLDER.sub(r"(?P<\1>[^/]+)", re.escape(path)))


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= 2**53:
        raise Fault(
            404, "not-found", "there is no object with such an id", field=name, remedy="ids are whole numbers from 1"
        )
    return int(text)


def _name(name: str, text: str) -> str:
    try:
        plain = unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise invalid("no UTF-8", field=name, remedy="percent-encode UTF-8 bytes") from None
    if len(plain) > _MAX_NAME or not plain.isprintable():
        raise invalid(f"must have 1 to {_MAX_NAME} printable characters", field=name)
    return plain
