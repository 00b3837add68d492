"""The routes of an incident's roles; a part of the table in `routes`."""

from __future__ import annotations

from incidentd import wire
from incidentd.api.handlers import incidents, roles
from incidentd.api.route import Route, changed, created, get, post
from incidentd.wire import checklists as wire_checklists
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import roles as wire_roles

ROLE_ROUTES: tuple[Route, ...] = (
    changed(
        "/v1/incidents/{id}/roles",
        incidents.assign_role,
        wire.Incident,
        "Give, end or hand over a role",
        body=wire_incidents.AssignRole,
    ),
    get(
        "/v1/incidents/{id}/roles/{role}/note",
        roles.get_role_note,
        wire_roles.RoleNote,
        "What to hand over with a role, filled in",
    ),
    created(
        "/v1/incidents/{id}/roles/{role}/page",
        roles.page_role,
        wire.Page,
        "Page whoever holds a role, or those who may take it",
        body=wire_roles.PageRole,
    ),
    get("/v1/incidents/{id}/checklist", roles.get_checklist, wire_checklists.Checklist, "What its roles see to"),
    post(
        "/v1/incidents/{id}/checklist/{item}",
        roles.tick_item,
        wire_checklists.Checklist,
        "Tick an item of the checklist off",
        body=wire_checklists.Tick,
    ),
)
