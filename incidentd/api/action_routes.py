"""The routes of similar incidents, and of what is done after a review; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import actions
from incidentd.api.identity import Role
from incidentd.api.route import Route, changed, created, get, post
from incidentd.wire import action_exports as wire_exports
from incidentd.wire import review_records as wire_records
from incidentd.wire import review_similar as wire_similar

_ACTION = wire_records.Action

ACTION_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/actions",
        actions.list_actions,
        wire_records.ActionPage,
        "Actions of all reviews, by the day they are due",
        query=queries.Actions,
    ),
    created(
        "/v1/incidents/{id}/review/similar",
        actions.say_differs,
        wire_similar.SimilarIncidents,
        "Say what differs from a similar incident, or what would show that it is not the same",
        body=wire_similar.SayDiffers,
    ),
    get("/v1/actions/{id}", actions.get_action, _ACTION, "One action"),
    created(
        "/v1/incidents/{id}/review/actions",
        actions.write_action,
        _ACTION,
        "Write down what is to be done, also out of an idea of the parking lot",
        body=wire_records.WriteAction,
    ),
    Route(
        method="PATCH",
        path="/v1/actions/{id}",
        handler=actions.edit_action,
        role=Role.RESPONDER,
        answer=_ACTION,
        summary="Change what an action says",
        body=wire_records.EditAction,
        versioned=True,
    ),
    changed(
        "/v1/actions/{id}/state",
        actions.end_action,
        _ACTION,
        "It is done, or will not be because, or is open again",
        body=wire_records.EndAction,
    ),
    post(
        "/v1/actions/{id}/export",
        actions.export_action,
        _ACTION,
        "Open an issue of a code forge for an action",
        body=wire_exports.ExportActions,
    ),
    post(
        "/v1/incidents/{id}/review/actions/export",
        actions.export_actions,
        wire_exports.ExportedActions,
        "Open an issue for each open action of an incident that has none",
        body=wire_exports.ExportActions,
    ),
)
