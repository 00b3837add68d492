"""The routes of the signing keys; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import keys
from incidentd.api.identity import Role
from incidentd.api.route import Route
from incidentd.wire import keys as wire_keys

KEY_ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/keys",
        handler=keys.get_keys,
        role=Role.ADMIN,
        answer=wire_keys.SigningKeys,
        summary="When the keys that sign links were exchanged, and until when older ones hold",
    ),
    Route(
        method="POST",
        path="/v1/keys/rotate",
        handler=keys.rotate_keys,
        role=Role.ADMIN,
        answer=wire_keys.SigningKeys,
        summary="Sign links with a new key from now on",
        body=wire_keys.RotateKeys,
    ),
)
