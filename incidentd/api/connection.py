"""Connections of the API: who the peer is, and problem details for what the HTTP parser refuses."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from incidentd.api import problems
from incidentd.api.identity import Peer, Role
from incidentd.bounded_http import BoundedConnection, BoundedServer

HEAD_SECONDS = 10.0


class ApiConnection(BoundedConnection):
    """One connection; `peer` is who is at the other end, once known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.peer: tuple[Peer, Role] | None = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What the parser refuses is the peer's fault: a problem document, no traceback in the log."""
        if status != 400:
            return super().handle_error(request, status, exc, message)
        answer = problems.response(
            problems.invalid("the request is no valid HTTP/1.1", remedy="check the request line and headers")
        )
        answer.force_close()
        return answer


class ConnectionServer(BoundedServer):
    """Makes `ApiConnection`s."""

    connection = ApiConnection
