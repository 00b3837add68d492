"""The routes of what an incident goes through and what is kept of it; a part of the table in `routes`."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.handlers import audit, life
from incidentd.api.identity import Role
from incidentd.api.route import Route, changed, created, get, post
from incidentd.wire import audit as wire_audit
from incidentd.wire import life as wire_life
from incidentd.wire.export import IncidentExport
from incidentd.wire.measures import Measures

LIFE_ROUTES: tuple[Route, ...] = (
    changed(
        "/v1/incidents/{id}/corrections",
        life.correct_time,
        wire.Incident,
        "Correct a time by appending",
        body=wire_life.CorrectTime,
    ),
    created(
        "/v1/incidents/{id}/split", life.split_incident, wire.Incident, "Split it in two", body=wire_life.SplitIncident
    ),
    post(
        "/v1/incidents/{id}/resembles", life.say_resembles, wire.Incident, "Resembles another", body=wire_life.Resembles
    ),
    Route(
        method="DELETE",
        path="/v1/incidents/{id}/resembles/{other_id}",
        handler=life.resembles_no_more,
        role=Role.RESPONDER,
        answer=wire.Incident,
        summary="Does not resemble it after all",
    ),
    Route(
        method="GET",
        path="/v1/incidents/{id}/export",
        handler=life.export_incident,
        role=Role.VIEWER,
        answer=IncidentExport,
        summary="Everything about an incident, as JSON, Markdown or iCalendar",
        query=queries.Export,
        documents=(life.MARKDOWN, life.ICALENDAR),
    ),
    get("/v1/incidents/{id}/measures", life.get_measures, Measures, "What is measured", query=queries.AsOf),
    get("/v1/incidents/{id}/audit", audit.export_audit, wire_audit.Audit, "Every event with its hash"),
    get("/v1/incidents/{id}/audit/head", audit.audit_head, wire_audit.AuditHead, "The hash that covers all events"),
)
