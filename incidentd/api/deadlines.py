"""A slow or silent peer holds no connection: deadlines on the head of a request, which aiohttp does not have.

Also turns what the HTTP parser refuses into problem details.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler, _ErrInfo

from incidentd.api import problems
from incidentd.api.identity import Peer, Role

HEAD_SECONDS = 10.0


class DeadlineHandler(RequestHandler):
    """One connection. A request's head must be complete `HEAD_SECONDS` after its first byte (or after connecting)."""

    def __init__(self, *args: Any, head_seconds: float = HEAD_SECONDS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.peer: tuple[Peer, Role] | None = None  # who this is, once known
        self._head_seconds = head_seconds
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._arm()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        heads = self._request_count
        super().data_received(data)
        if self._request_count > heads:
            self._disarm()
            if self._current_request is not None and isinstance(self._messages[-1][0], _ErrInfo):
                # aiohttp leaves the reader of a body waiting when the parser gives up inside it
                self._current_request.content.set_exception(web.RequestPayloadError("broken body"))
        elif self._head_timer is None and self._current_request is None:
            self._arm()

    def _arm(self) -> None:
        self._head_timer = self._loop.call_later(self._head_seconds, self.force_close)

    def _disarm(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

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


class DeadlineServer(web.Server):
    """Makes a `DeadlineHandler` for each connection."""

    def __init__(self, *args: Any, head_seconds: float = HEAD_SECONDS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_seconds = head_seconds

    def __call__(self) -> RequestHandler:
        return DeadlineHandler(self, loop=self._loop, head_seconds=self._head_seconds, **self._kwargs)
