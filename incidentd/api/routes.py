"""The one table of routes: requests are checked and dispatched by it, and OpenAPI is generated from it."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.action_routes import ACTION_ROUTES
from incidentd.api.backup_routes import BACKUP_ROUTES
from incidentd.api.fact_routes import FACT_ROUTES
from incidentd.api.handlers import (
    alerts,
    checks,
    daemon,
    drills,
    duty,
    groups,
    quieting,
    replays,
    silences,
    views,
)
from incidentd.api.handover_routes import HANDOVER_ROUTES
from incidentd.api.identity import Role
from incidentd.api.incident_routes import INCIDENT_ROUTES
from incidentd.api.insight_routes import INSIGHT_ROUTES
from incidentd.api.key_routes import KEY_ROUTES
from incidentd.api.letter_routes import LETTER_ROUTES
from incidentd.api.library_routes import LIBRARY_ROUTES
from incidentd.api.life_routes import LIFE_ROUTES
from incidentd.api.mode_routes import MODE_ROUTES
from incidentd.api.node_routes import NODE_ROUTES
from incidentd.api.page_routes import PAGE_ROUTES
from incidentd.api.process_routes import PROCESS_ROUTES
from incidentd.api.rehearsal_routes import REHEARSAL_ROUTES
from incidentd.api.report_routes import REPORT_ROUTES
from incidentd.api.request_routes import REQUEST_ROUTES
from incidentd.api.retention_routes import RETENTION_ROUTES
from incidentd.api.retro_routes import RETRO_ROUTES
from incidentd.api.review_document_routes import REVIEW_DOCUMENT_ROUTES
from incidentd.api.review_record_routes import RECORD_ROUTES
from incidentd.api.review_routes import REVIEW_ROUTES
from incidentd.api.review_timeline_routes import REVIEW_TIMELINE_ROUTES
from incidentd.api.review_window_routes import REVIEW_WINDOW_ROUTES
from incidentd.api.role_routes import ROLE_ROUTES
from incidentd.api.room_routes import ROOM_ROUTES
from incidentd.api.route import Route, changed, created, get, post
from incidentd.api.severity_routes import SEVERITY_ROUTES
from incidentd.api.store_routes import STORE_ROUTES
from incidentd.api.subscriber_routes import SUBSCRIBER_ROUTES
from incidentd.api.triage_routes import TRIAGE_ROUTES
from incidentd.api.upkeep_routes import UPKEEP_ROUTES
from incidentd.api.wording_routes import WORDING_ROUTES
from incidentd.wire import bulk as wire_bulk
from incidentd.wire import checks as wire_checks
from incidentd.wire import drafts as wire_drafts
from incidentd.wire import drills as wire_drills
from incidentd.wire import duty as wire_duty
from incidentd.wire import groups as wire_groups
from incidentd.wire import pages as wire_pages
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import replay as wire_replay
from incidentd.wire import routes as wire_routes
from incidentd.wire import silences as wire_silences
from incidentd.wire import views as wire_views

ROUTES: tuple[Route, ...] = (
    get("/v1/info", daemon.get_info, wire.Info, "Who answers, and who is asking"),
    get("/v1/health", daemon.get_health, wire.Health, "What works and what does not"),
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
    get("/v1/alerts", alerts.list_alerts, wire.AlertPage, "Alerts", query=queries.Alerts),
    post(
        "/v1/alerts/bulk",
        groups.act_on_alerts,
        wire_bulk.BulkOutcome,
        "One act on many alerts, with an outcome for each",
        body=wire_bulk.BulkAlerts,
    ),
    get("/v1/alerts/{id}", alerts.get_alert, wire.Alert, "One alert"),
    get("/v1/alerts/{id}/trace", alerts.trace_alert, wire.Trace, "Why was somebody, or nobody, paged?"),
    get("/v1/alerts/{id}/detail", groups.get_detail, wire_groups.AlertDetail, "Everything known about one alert"),
    created("/v1/alerts", alerts.raise_alert, wire.Raised, "Raise an alert by hand", body=wire.RaiseAlert),
    post(
        "/v1/alerts/{id}/acknowledge",
        alerts.acknowledge_alert,
        wire.Page,
        "Acknowledge the alert's open page (409 when there is none)",
        body=wire.Acknowledge,
    ),
    changed("/v1/alerts/{id}/resolve", alerts.resolve_alert, wire.Alert, "Resolve an alert by hand"),
    get("/v1/groups", groups.list_groups, wire_groups.GroupPage, "The open groups", query=queries.Groups),
    get(
        "/v1/groups/{id}",
        groups.get_group,
        wire_groups.GroupMembers,
        "One group and its alerts",
        query=queries.Members,
    ),
    get("/v1/silences", silences.list_silences, wire_silences.SilenceList, "Silences", query=queries.Silences),
    created(
        "/v1/silences",
        silences.set_silence,
        wire_silences.Silence,
        "Set or change a silence",
        body=wire_silences.SetSilence,
    ),
    post(
        "/v1/silences/preview",
        silences.preview_silence,
        wire_silences.SilencePreview,
        "The firing alerts that a silence would hide",
        body=wire_silences.PreviewSilence,
    ),
    get("/v1/silences/{silence}", silences.get_silence, wire_silences.Silence, "One silence"),
    Route(
        method="DELETE",
        path="/v1/silences/{silence}",
        handler=silences.expire_silence,
        role=Role.RESPONDER,
        answer=wire_silences.Silence,
        summary="End a silence now",
    ),
    get("/v1/checks", checks.list_checks, wire_checks.CheckList, "Heartbeats and probes", query=queries.Checks),
    get("/v1/checks/{check}", checks.get_check, wire_checks.Check, "One check, by NAME or SOURCE%2FNAME"),
    Route(
        method="GET",
        path="/v1/checks/{check}/url",
        handler=checks.get_check_url,
        role=Role.RESPONDER,
        answer=wire_checks.CheckUrl,
        summary="Where a heartbeat's pings go",
    ),
    post(
        "/v1/checks/{check}/pause",
        checks.pause_check,
        wire_checks.Check,
        "Let a check page nobody until it is resumed",
        body=wire_checks.PauseCheck,
    ),
    post("/v1/checks/{check}/resume", checks.resume_check, wire_checks.Check, "Take a pause back"),
    Route(
        method="DELETE",
        path="/v1/checks/{check}",
        handler=checks.delete_check,
        role=Role.RESPONDER,
        answer=wire_checks.Check,
        summary="Delete a check that a ping made; its alert ends",
    ),
    get(
        "/v1/maintenance",
        quieting.list_maintenance,
        wire_quieting.MaintenanceList,
        "Maintenance windows",
        query=queries.Maintenance,
    ),
    created(
        "/v1/maintenance",
        quieting.plan_maintenance,
        wire_quieting.Maintenance,
        "Plan maintenance, or start it now",
        body=wire_quieting.PlanMaintenance,
    ),
    get("/v1/maintenance/{id}", quieting.get_maintenance, wire_quieting.Maintenance, "One maintenance window"),
    post(
        "/v1/maintenance/{id}/end",
        quieting.end_maintenance,
        wire_quieting.Maintenance,
        "End maintenance now, or call it off",
    ),
    post(
        "/v1/maintenance/{id}/extend",
        quieting.extend_maintenance,
        wire_quieting.Maintenance,
        "Give maintenance more time",
        body=wire_quieting.ExtendMaintenance,
    ),
    get("/v1/recurring", quieting.list_recurring, wire_quieting.RecurringList, "Recurring silences and maintenance"),
    created(
        "/v1/recurring",
        quieting.set_recurring,
        wire_quieting.Recurring,
        "Set or change a rule by which a silence or maintenance recurs",
        body=wire_quieting.SetRecurring,
    ),
    get("/v1/recurring/{id}", quieting.get_recurring, wire_quieting.Recurring, "One rule and its next occurrences"),
    Route(
        method="DELETE",
        path="/v1/recurring/{id}",
        handler=quieting.end_recurring,
        role=Role.RESPONDER,
        answer=wire_quieting.Recurring,
        summary="End a rule now",
    ),
    post(
        "/v1/hiding/preview",
        quieting.preview_hiding,
        wire_quieting.HidingPreview,
        "What something would hide now, and has hidden in the last seven days",
        body=wire_quieting.PreviewHiding,
    ),
    *PAGE_ROUTES,
    *INCIDENT_ROUTES,
    *LIFE_ROUTES,
    *ROOM_ROUTES,
    *ROLE_ROUTES,
    *FACT_ROUTES,
    *SEVERITY_ROUTES,
    *REHEARSAL_ROUTES,
    *PROCESS_ROUTES,
    *REVIEW_ROUTES,
    *RECORD_ROUTES,
    *REVIEW_TIMELINE_ROUTES,
    *ACTION_ROUTES,
    *LIBRARY_ROUTES,
    *INSIGHT_ROUTES,
    *LETTER_ROUTES,
    *NODE_ROUTES,
    *WORDING_ROUTES,
    *RETRO_ROUTES,
    *REVIEW_DOCUMENT_ROUTES,
    get("/v1/people", daemon.list_people, wire.People, "People of the roster"),
    get("/v1/services", daemon.list_services, wire.Services, "Services of the roster"),
    get(
        "/v1/route",
        daemon.test_route,
        wire_routes.RouteTest,
        "The way of an alert with these labels, without sending one",
        query=queries.RouteTest,
    ),
    get("/v1/drills", drills.list_drills, wire_drills.DrillList, "Drills"),
    created(
        "/v1/drills",
        drills.start_drill,
        wire_drills.Drill,
        "Replay a scenario or an incident for those who take part; nobody else is written to",
        body=wire_drills.StartDrill,
    ),
    get("/v1/drills/{id}", drills.get_drill, wire_drills.Drill, "One drill, and its summary once it is over"),
    post("/v1/drills/{id}/stop", drills.stop_drill, wire_drills.Drill, "End a drill now"),
    post("/v1/drills/{id}/resume", drills.resume_drill, wire_drills.Drill, "Go on after a real page paused it"),
    created(
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
    get("/v1/oncall", daemon.get_on_call, wire.OnCallNow, "Who carries the pager now"),
    get(
        "/v1/schedules",
        duty.list_schedules,
        wire_duty.Schedules,
        "Final schedules over a time, with their changes",
        query=queries.Schedules,
    ),
    post(
        "/v1/schedules/preview",
        duty.preview,
        wire_duty.DutyPreview,
        "What an override, a swap or an absence would make of the final schedules; nothing is kept",
        body=wire_duty.PreviewDuty,
    ),
    Route(
        method="GET",
        path="/v1/calendars/{kind}/{name}",
        handler=duty.get_feed,
        role=Role.RESPONDER,
        answer=wire_duty.FeedUrl,
        summary="Where a calendar reads the shifts of a person, a schedule or a team",
    ),
    post(
        "/v1/calendars/{kind}/{name}/revoke",
        duty.revoke_feed,
        wire_duty.FeedUrl,
        "Another address; the ones given before are void",
    ),
    created(
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
    created(
        "/v1/swaps",
        duty.propose_swap,
        wire_duty.Swap,
        "Offer a time of the caller's for one of somebody else's",
        body=wire_duty.ProposeSwap,
    ),
    changed(
        "/v1/swaps/{id}/settle",
        duty.settle_swap,
        wire_duty.Swap,
        "Accept, decline or cancel a swap",
        body=wire_duty.SettleSwap,
    ),
    created("/v1/absences", duty.set_absence, wire_duty.Absence, "Somebody is away", body=wire_duty.SetAbsence),
    Route(
        method="DELETE",
        path="/v1/absences/{id}",
        handler=duty.end_absence,
        role=Role.RESPONDER,
        answer=wire_duty.Absence,
        summary="Take an absence back; one that has begun ends now",
        versioned=True,
    ),
    *MODE_ROUTES,
    *HANDOVER_ROUTES,
    *REQUEST_ROUTES,
    *UPKEEP_ROUTES,
    *REPORT_ROUTES,
    *SUBSCRIBER_ROUTES,
    *STORE_ROUTES,
    *KEY_ROUTES,
    *RETENTION_ROUTES,
    *BACKUP_ROUTES,
    *TRIAGE_ROUTES,
    *REVIEW_WINDOW_ROUTES,
    post(
        "/v1/notifiers/{instance}/test",
        alerts.test_notifier,
        wire_pages.Delivery,
        "Send a test message to the caller's contact",
    ),
    get("/v1/views", views.list_views, wire_views.Views, "Saved views of the inbox"),
    post("/v1/views", views.save_view, wire_views.View, "Save a view", body=wire_views.SaveView),
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
    post(
        "/v1/people/{person}/test",
        alerts.test_person,
        wire_pages.PersonTest,
        "Send a test message by each contact method of a person",
    ),
    get("/v1/deliveries/{id}", alerts.get_delivery, wire_pages.Delivery, "One message and what became of it"),
    Route(
        method="GET",
        path="/v1/drafts/{key}",
        handler=daemon.get_draft,
        role=Role.RESPONDER,
        answer=wire_drafts.Draft,
        summary="The caller's own draft",
    ),
    Route(
        method="PUT",
        path="/v1/drafts/{key}",
        handler=daemon.save_draft,
        role=Role.RESPONDER,
        answer=wire_drafts.Draft,
        summary="Keep a draft",
        body=wire_drafts.SaveDraft,
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
