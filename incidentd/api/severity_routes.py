"""The routes of the severity matrix; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import severity
from incidentd.api.identity import Role
from incidentd.api.route import Route, changed, get
from incidentd.wire import severity as wire_severity

SEVERITY_ROUTES: tuple[Route, ...] = (
    get("/v1/severity", severity.get_severity_matrix, wire_severity.SeverityMatrix, "The severity matrix in force"),
    Route(
        method="POST",
        path="/v1/severity/classify",
        handler=severity.classify_answers,
        role=Role.VIEWER,
        answer=wire_severity.Classified,
        summary="What answers come to by the severity matrix; nothing is recorded",
        body=wire_severity.ClassifyAnswers,
    ),
    Route(
        method="POST",
        path="/v1/severity/replay",
        handler=severity.replay_matrix,
        role=Role.VIEWER,
        answer=wire_severity.MatrixReplay,
        summary="What an edited severity matrix changes, and which past incidents it would classify otherwise",
        body=wire_severity.ReplayMatrix,
    ),
    changed(
        "/v1/incidents/{id}/classification",
        severity.classify_incident,
        wire_severity.ClassifiedIncident,
        "Classify an incident by answers to the severity matrix, or override it",
        body=wire_severity.ClassifyIncident,
    ),
)
