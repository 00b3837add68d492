"""Every refusal of the API as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

from incidentd import wire
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused, ServiceError, Unknown

CONTENT_TYPE = "application/problem+json"
_BY_ERROR: tuple[tuple[type[ServiceError], int, str], ...] = (
    (NotFound, 404, "not-found"),
    (Unknown, 400, "unknown"),
    (Invalid, 400, "invalid"),
    (Refused, 409, "refused"),
    (Conflict, 409, "conflict"),
)


class Fault(Exception):
    """A request that is answered with a problem document; `code` ends its type, urn:incidentd:<code>."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        field: str = "",
        remedy: str = "",
        current: msgspec.Struct | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.remedy = remedy
        self.current = current
        self.headers = dict(headers or {})


def invalid(detail: str, *, field: str = "", remedy: str = "") -> Fault:
    """A request that cannot be understood (400); `field` is the part of it that is wrong."""
    return Fault(400, "invalid", detail, field=field, remedy=remedy)


def fault_of(error: ServiceError) -> Fault:
    """What a service's answer means on the wire."""
    status, code = next(((s, c) for kind, s, c in _BY_ERROR if isinstance(error, kind)), (500, "failed"))
    current = error.current if isinstance(error, Conflict) else None
    return Fault(status, code, error.message, field=error.field, remedy=error.remedy, current=current)


def problem(fault: Fault) -> wire.Problem:
    """The document that `fault` is answered with."""
    return wire.Problem(
        type=f"urn:incidentd:{fault.code}",
        title=HTTPStatus(fault.status).phrase,
        status=fault.status,
        detail=fault.detail,
        field=fault.field,
        remedy=fault.remedy,
        current=None if fault.current is None else msgspec.to_builtins(fault.current),
    )


def response(fault: Fault) -> web.Response:
    """`fault` as an answer."""
    body = msgspec.json.encode(problem(fault))
    return web.Response(status=fault.status, body=body, content_type=CONTENT_TYPE, headers=fault.headers)
