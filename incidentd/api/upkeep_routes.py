"""The routes of the daemon's upkeep; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import upkeep
from incidentd.api.identity import Role
from incidentd.api.route import Route, get
from incidentd.wire import upkeep as wire

UPKEEP_ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/doctor",
        handler=upkeep.examine,
        role=Role.ADMIN,
        answer=wire.DoctorReport,
        summary="What is wrong with the installation, and what mends it, as the daemon itself sees it",
        query=queries.Doctor,
    ),
    get("/v1/log-level", upkeep.get_log_level, wire.LogLevel, "How much is logged"),
    Route(
        method="POST",
        path="/v1/log-level",
        handler=upkeep.set_log_level,
        role=Role.ADMIN,
        answer=wire.LogLevel,
        summary="Log more or less for a while",
        body=wire.SetLogLevel,
    ),
)
