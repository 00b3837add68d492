"""One connection: aiohttp has no deadline for a request's head, so a silent peer would hold it for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler, _ErrInfo

HEAD_SECONDS = 5.0
IDLE_SECONDS = 180.0
"""How long a connection may wait for its next request; Prometheus sends about every minute on the same one."""


class Connection(RequestHandler):
    """Closed unless a request's head is complete `HEAD_SECONDS` after its first byte (or after connecting)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A peer connected."""
        super().connection_made(transport)
        self._arm()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The peer left."""
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came: a complete head ends the deadline, the first byte of the next one starts it again."""
        heads = self._request_count
        super().data_received(data)
        if self._request_count > heads:
            self._disarm()
            if self._current_request is not None and isinstance(self._messages[-1][0], _ErrInfo):
                # aiohttp leaves the reader of a body waiting when the parser gives up inside it
                self._current_request.content.set_exception(web.RequestPayloadError("broken body"))
        elif self._deadline is None and self._current_request is None:
            self._arm()

    def _arm(self) -> None:
        self._deadline = self._loop.call_later(HEAD_SECONDS, self.force_close)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """What the HTTP parser refused, or a fault of ours; never with a traceback in it."""
        text = "the request is no valid HTTP" if status < 500 else "incidentd failed on this request"
        response = web.json_response({"status": "error", "message": text, "errors": [text]}, status=status)
        response.force_close()
        return response


class Server(web.Server):
    """Makes `Connection`s."""

    def __call__(self) -> RequestHandler:
        """One more connection."""
        return Connection(self, loop=self._loop, **self._kwargs)
