"""The routes of the versions of the process; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import process
from incidentd.api.identity import Role
from incidentd.api.route import Route, changed, get
from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process

_VERSION = wire_process.ProcessVersion
_LARGEST = 4 * 1024 * 1024  # the file and the templates that it names

PROCESS_ROUTES: tuple[Route, ...] = (
    get("/v1/process", process.get_now, wire_process.ProcessNow, "The process in force, and what waits for a decision"),
    get(
        "/v1/process/versions",
        process.list_versions,
        wire_process.ProcessVersions,
        "Versions of the process, the newest first",
        query=queries.ProcessVersions,
    ),
    Route(
        method="POST",
        path="/v1/process/versions",
        handler=process.propose,
        role=Role.RESPONDER,
        answer=_VERSION,
        summary="Propose a version of the process, or put it in force at once",
        body=wire_process.ProposeProcess,
        status=201,
        max_bytes=_LARGEST,
    ),
    Route(
        method="POST",
        path="/v1/process/diff",
        handler=process.compare,
        role=Role.RESPONDER,
        answer=wire_comparison.ProcessComparison,
        summary="What one process says otherwise than another, and what it would have changed; nothing is kept",
        body=wire_comparison.CompareProcesses,
        max_bytes=2 * _LARGEST,
    ),
    get(
        "/v1/process/versions/{id}",
        process.get_version,
        wire_process.WholeProcessVersion,
        "One version with its texts",
    ),
    changed(
        "/v1/process/versions/{id}/adopt",
        process.adopt,
        _VERSION,
        "Put a version of the process in force",
        body=wire_process.AdoptProcess,
    ),
    changed(
        "/v1/process/versions/{id}/decline",
        process.decline,
        _VERSION,
        "Say that a proposed version will not be adopted",
        body=wire_process.DecideProcess,
    ),
    changed(
        "/v1/process/versions/{id}/withdraw",
        process.withdraw,
        _VERSION,
        "Take one's own proposal back",
        body=wire_process.DecideProcess,
    ),
)
