"""HTTP connections that a slow or silent peer cannot hold: aiohttp has no deadline for a request's head."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from aiohttp import web
from aiohttp.web_protocol import RequestHandler, _ErrInfo


class BoundedConnection(RequestHandler):
    """Closed unless a request's head is complete `head_seconds` after its first byte (or after connecting)."""

    def __init__(self, *args: Any, head_seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_seconds = head_seconds
        self._head_timer: asyncio.TimerHandle | None = None

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
            self.request_began()
            if self._current_request is not None and isinstance(self._messages[-1][0], _ErrInfo):
                # aiohttp leaves the reader of a body waiting when the parser gives up inside it
                self._current_request.content.set_exception(web.RequestPayloadError("broken body"))
        elif self._head_timer is None and self._current_request is None:
            self._arm()

    def request_began(self) -> None:
        """The head of a request is complete."""

    def _arm(self) -> None:
        self._head_timer = self._loop.call_later(self._head_seconds, self.force_close)

    def _disarm(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class BoundedServer(web.Server):
    """Makes a connection of its class's kind for each peer."""

    connection: ClassVar[type[BoundedConnection]] = BoundedConnection

    def __init__(self, *args: Any, head_seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_seconds = head_seconds

    def __call__(self) -> RequestHandler:
        """One more connection."""
        return self.connection(self, loop=self._loop, head_seconds=self._head_seconds, **self._kwargs)
