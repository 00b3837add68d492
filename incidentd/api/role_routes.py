"""The routes of an incident's roles; a part of the table in `routes`."""

from __future__ import annotations

from incidentd import wire
from incidentd.api.handlers import incidents, roles
from incidentd.api.route import Route, changed, get
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
)
