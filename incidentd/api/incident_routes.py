"""The routes of incidents; a part of the table in `routes`."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.handlers import incidents
from incidentd.api.identity import Role
from incidentd.api.route import Route, changed, created, get, post
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import updates as wire_updates

INCIDENT_ROUTES: tuple[Route, ...] = (
    get("/v1/incidents", incidents.list_incidents, wire.IncidentPage, "Incidents", query=queries.Incidents),
    created(
        "/v1/incidents",
        incidents.declare_incident,
        wire.Incident,
        "Declare an incident",
        body=wire_incidents.DeclareIncident,
    ),
    get(
        "/v1/incidents/{id}",
        incidents.get_incident,
        wire_incidents.IncidentDetail,
        "One incident with roles and updates",
    ),
    Route(
        method="PATCH",
        path="/v1/incidents/{id}",
        handler=incidents.edit_incident,
        role=Role.RESPONDER,
        answer=wire.Incident,
        summary="Edit title, summary, service or stakeholders",
        body=wire_incidents.EditIncident,
        versioned=True,
    ),
    changed(
        "/v1/incidents/{id}/status",
        incidents.change_status,
        wire.Incident,
        "Change status",
        body=wire_incidents.ChangeStatus,
    ),
    changed(
        "/v1/incidents/{id}/severity",
        incidents.set_severity,
        wire.Incident,
        "Set severity",
        body=wire_incidents.SetSeverity,
    ),
    created(
        "/v1/incidents/{id}/notes",
        incidents.add_note,
        wire.TimelineEntry,
        "Write to the timeline",
        body=wire_incidents.AddNote,
    ),
    created(
        "/v1/incidents/{id}/updates",
        incidents.post_update,
        wire.Update,
        "Post an update",
        body=wire_incidents.PostUpdate,
    ),
    get(
        "/v1/incidents/{id}/updates/draft",
        incidents.draft_update,
        wire_updates.UpdateDraft,
        "A text to begin an update with",
        query=queries.UpdateDraft,
    ),
    post(
        "/v1/incidents/{id}/updates/check",
        incidents.check_update,
        wire_updates.CheckedUpdate,
        "An update as it would be sent, and what a reader would miss",
        body=wire_incidents.PostUpdate,
    ),
    changed(
        "/v1/incidents/{id}/long",
        incidents.run_long,
        wire.Incident,
        "Run it as a long incident, or as a usual one again",
        body=wire_updates.RunLong,
    ),
    post(
        "/v1/incidents/{id}/alerts", incidents.link_alerts, wire.Incident, "Link alerts", body=wire_incidents.LinkAlerts
    ),
    Route(
        method="DELETE",
        path="/v1/incidents/{id}/alerts/{alert_id}",
        handler=incidents.unlink_alert,
        role=Role.RESPONDER,
        answer=wire.Incident,
        summary="Unlink an alert",
    ),
    get("/v1/incidents/{id}/timeline", incidents.get_timeline, wire.Timeline, "The timeline"),
)
