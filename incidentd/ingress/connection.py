"""Connections of the ingress: short deadlines, and answers that tell a sender what was wrong."""

from __future__ import annotations

from aiohttp import web

from incidentd.bounded_http import BoundedConnection, BoundedServer

HEAD_SECONDS = 5.0
IDLE_SECONDS = 180.0
"""How long a connection may wait for its next request; Prometheus sends about every minute on the same one."""


class Connection(BoundedConnection):
    """One connection of a sender."""

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """What the HTTP parser refused, or a fault of ours; never with a traceback in it."""
        text = "the request is no valid HTTP" if status < 500 else "incidentd failed on this request"
        response = web.json_response({"status": "error", "message": text, "errors": [text]}, status=status)
        response.force_close()
        return response


class Server(BoundedServer):
    """Makes `Connection`s."""

    connection = Connection
