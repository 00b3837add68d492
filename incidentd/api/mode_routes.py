"""The routes of modes and of what they protect; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import modes
from incidentd.api.identity import Role
from incidentd.api.route import Route, changed, created, get, post
from incidentd.wire import modes as wire_modes
from incidentd.wire import protection as wire_protection

MODE_ROUTES: tuple[Route, ...] = (
    get("/v1/modes", modes.list_modes, wire_modes.Modes, "Who is in which mode", query=queries.Modes),
    created(
        "/v1/modes", modes.set_mode, wire_modes.ModeBlock, "Put somebody in a mode for a time", body=wire_modes.SetMode
    ),
    Route(
        method="PATCH",
        path="/v1/modes/{id}",
        handler=modes.change_mode,
        role=Role.RESPONDER,
        answer=wire_modes.ModeBlock,
        summary="Change a mode block",
        body=wire_modes.ChangeMode,
        versioned=True,
    ),
    changed(
        "/v1/modes/{id}/split",
        modes.split_mode,
        wire_modes.ModeSplit,
        "End a mode block early, and begin the other mode",
        body=wire_modes.SplitMode,
    ),
    changed(
        "/v1/modes/{id}/end",
        modes.end_mode,
        wire_modes.ModeBlock,
        "Take a mode block back; one that has begun ends now",
        body=wire_modes.EndMode,
    ),
    get(
        "/v1/interruptions",
        modes.list_interruptions,
        wire_protection.Interruptions,
        "Interruptions of project work",
        query=queries.Interruptions,
    ),
    created(
        "/v1/interruptions",
        modes.record_interruption,
        wire_protection.Interruption,
        "Record that somebody on project work was pulled in",
        body=wire_protection.RecordInterruption,
    ),
    post(
        "/v1/interruptions/{id}/withdraw",
        modes.withdraw_interruption,
        wire_protection.Interruption,
        "It was none, and counts no longer",
        body=wire_protection.WithdrawInterruption,
    ),
    get(
        "/v1/teams/{team}/protection",
        modes.get_protection,
        wire_protection.Protection,
        "How well a team's project work is protected, by week",
        query=queries.Protection,
    ),
    get(
        "/v1/teams/{team}/mode-plan",
        modes.preview_plan,
        wire_modes.ModePlan,
        "A fair plan of a team's modes; nothing is changed",
        query=queries.ModePlan,
    ),
    post(
        "/v1/teams/{team}/mode-plan",
        modes.apply_plan,
        wire_modes.ModePlan,
        "Make a plan of a team's modes true",
        body=wire_modes.ApplyModePlan,
    ),
)
