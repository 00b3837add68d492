"""Connections of the ingress: short deadlines, and answers that tell a sender what was wrong."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from aiohttp import web

from incidentd.bounded_http import BoundedConnection, BoundedServer
from incidentd.ingress.answers import CAREFUL
from incidentd.ingress.crowd import Crowd
from incidentd.plugin.allowance import sender_network

HEAD_SECONDS = 5.0
IDLE_SECONDS = 180.0
"""How long a connection may wait for its next request; Prometheus sends about every minute on the same one."""


_ALIVE = (
    (socket.TCP_KEEPIDLE, 15),
    (socket.TCP_KEEPINTVL, 5),
    (socket.TCP_KEEPCNT, 3),
    (socket.TCP_USER_TIMEOUT, 30_000),
)
"""A peer that vanished without a word is given up after half a minute, whether it was silent or owes us a receipt; the
kernel's own patience is two hours. Values in seconds, a count, and milliseconds (tcp(7))."""


class Connection(BoundedConnection):
    """One connection of a sender."""

    def __init__(self, *args: Any, crowd: Crowd[Connection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._crowd = crowd

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A peer connected: somebody else may have to go."""
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            for option, value in _ALIVE:
                sock.setsockopt(socket.IPPROTO_TCP, option, value)
        peer = transport.get_extra_info("peername")
        evicted = self._crowd.enter(self, sender_network(str(peer[0]), "", ()) if isinstance(peer, tuple) else "")
        if evicted is not None:
            evicted.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The peer left."""
        self._crowd.leave(self)
        super().connection_lost(exc)

    def request_began(self) -> None:
        """A request's head came."""
        self._crowd.heard(self)

    def waits(self) -> bool:
        """Whether nothing that was asked here can be answered yet: no request, or one whose body is not all there."""
        return self._current_request is None or not self._current_request.content.is_eof()

    def abort(self) -> None:
        """Close it at once."""
        transport = self.transport
        self.force_close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """What the HTTP parser refused, or a fault of ours; never with a traceback in it."""
        text = "the request is no valid HTTP" if status < 500 else "incidentd failed on this request"
        response = web.json_response(
            {"status": "error", "message": text, "errors": [text]}, status=status, headers=CAREFUL
        )
        response.force_close()
        return response


class Server(BoundedServer):
    """Makes `Connection`s."""

    connection = Connection
