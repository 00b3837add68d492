"""The routes of retention, legal holds and the check of the log; a part of the table in `routes`."""

from __future__ import annotations

import msgspec

from incidentd.api import queries
from incidentd.api.handlers import retention
from incidentd.api.identity import Role
from incidentd.api.route import Route, created, get, post
from incidentd.wire import retention as wire_retention


def _admin(route: Route) -> Route:
    return msgspec.structs.replace(route, role=Role.ADMIN)


RETENTION_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/retention",
        retention.get_retention,
        wire_retention.RetentionPolicy,
        "How long what piles up stays, when the next run is, and what the latest ones removed",
    ),
    _admin(
        get(
            "/v1/retention/preview",
            retention.get_preview,
            wire_retention.RetentionPreview,
            "What a run would remove now, and what is old enough and stays",
        )
    ),
    _admin(
        post(
            "/v1/retention/run",
            retention.start_run,
            wire_retention.RetentionRun,
            "Begin a run now (409 while one goes on)",
            status=201,
        )
    ),
    get("/v1/holds", retention.list_holds, wire_retention.HoldList, "Legal holds", query=queries.Holds),
    get("/v1/holds/{id}", retention.get_hold, wire_retention.Hold, "One legal hold"),
    _admin(
        created(
            "/v1/holds",
            retention.add_hold,
            wire_retention.Hold,
            "Hold an incident, a report, a customer or everything: nothing of it is removed or blanked",
            body=wire_retention.AddHold,
        )
    ),
    _admin(
        post(
            "/v1/holds/{id}/release",
            retention.release_hold,
            wire_retention.Hold,
            "Release a hold (409 when it was released)",
            body=wire_retention.ReleaseHold,
        )
    ),
    _admin(
        post(
            "/v1/customers/{id}/erase",
            retention.erase_customer,
            wire_retention.ErasedCustomer,
            "Blank a customer and what they wrote (409 under a hold, or while a report is open)",
            body=wire_retention.EraseCustomer,
        )
    ),
    _admin(
        get(
            "/v1/log/check",
            retention.check_log,
            wire_retention.LogCheck,
            "Is all of the log there, but for what retention removed, and does every chain of hashes follow?",
        )
    ),
)
