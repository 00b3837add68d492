"""The routes of the language lint; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import wording
from incidentd.api.identity import Role
from incidentd.api.route import Route, created, get
from incidentd.wire import wording as wire_wording

_DISMISSALS = wire_wording.Dismissals

WORDING_ROUTES: tuple[Route, ...] = (
    get("/v1/lint", wording.get_wording, wire_wording.Wording, "What a client needs to lint while somebody types"),
    Route(
        method="POST",
        path="/v1/lint",
        handler=wording.lint_text,
        role=Role.VIEWER,
        answer=wire_wording.Linted,
        summary="Wording in a text that judges or supposes, and what to ask instead; nothing is recorded",
        body=wire_wording.LintText,
    ),
    get("/v1/lint/dismissals", wording.list_dismissals, _DISMISSALS, "What people said of wording, by phrase and rule"),
    created(
        "/v1/lint/dismissals",
        wording.judge_wording,
        _DISMISSALS,
        "Say that wording is fine here, or that the rule is right",
        body=wire_wording.JudgeWording,
    ),
    Route(
        method="DELETE",
        path="/v1/lint/dismissals/{id}",
        handler=wording.undo_dismissal,
        role=Role.RESPONDER,
        answer=_DISMISSALS,
        summary="Take one's own word on wording back",
    ),
)
