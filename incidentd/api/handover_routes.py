"""The routes of handovers; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import handovers
from incidentd.api.identity import Role
from incidentd.api.route import Route, changed, get
from incidentd.wire import handover as wire_handover

HANDOVER_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/handovers",
        handovers.list_handovers,
        wire_handover.HandoverList,
        "Duty blocks that run, and handovers",
        query=queries.Handovers,
    ),
    get("/v1/handovers/{id}", handovers.get_handover, wire_handover.Handover, "One handover"),
    Route(
        method="PATCH",
        path="/v1/handovers/{id}",
        handler=handovers.edit_handover,
        role=Role.RESPONDER,
        answer=wire_handover.Handover,
        summary="Keep what surprised who leaves",
        body=wire_handover.EditHandover,
        versioned=True,
    ),
    changed(
        "/v1/handovers/{id}/send",
        handovers.send_handover,
        wire_handover.Handover,
        "It is complete: it goes to the next one, at the end of a block that still runs",
        body=wire_handover.SendHandover,
    ),
    changed("/v1/handovers/{id}/accept", handovers.accept_handover, wire_handover.Handover, "Take over"),
)
