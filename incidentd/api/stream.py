"""The event stream (server-sent events): frames come encoded from the services, this module carries them to a peer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator

import structlog
from aiohttp import web

from incidentd.api.problems import Fault, invalid
from incidentd.services.contracts import EventCalls

_log = structlog.get_logger(__name__)
CONTENT_TYPE = "text/event-stream"
PING_SECONDS = 15.0
_PING = b": ping\n\n"
_SEND_SECONDS = 30.0  # a peer that reads nothing for so long is dropped; it can resume
_MAX_STREAMS = 1000
WHOLE_FROM = "Incidentd-Whole-From"
"""The header that says from which seq on the log is whole: retention removed events before it."""
_HEADERS = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}


def wanted(request: web.BaseRequest) -> bool:
    """Whether the caller asks for a stream instead of one page."""
    return CONTENT_TYPE in request.headers.get("Accept", "")


class Streams:
    """All running streams; `close` ends them before the listener closes."""

    def __init__(self, events: EventCalls, *, ping_seconds: float = PING_SECONDS) -> None:
        self._events = events
        self._ping_seconds = ping_seconds
        self._closing = asyncio.Event()
        self._running: set[asyncio.Task[object]] = set()

    async def serve(self, request: web.BaseRequest, after: int | None) -> web.StreamResponse:
        """Stream events after `after` until the peer leaves or the daemon drains. Raises `Fault` at first only."""
        if self._closing.is_set() or len(self._running) >= _MAX_STREAMS:
            raise Fault(
                503, "busy", "no stream can be opened now", remedy="try again in a moment", headers={"Retry-After": "1"}
            )
        after, whole_from = await self._start(after if after is not None else _last_event_id(request))
        task = asyncio.current_task()
        assert task is not None  # every request runs in a task
        self._running.add(task)
        response = web.StreamResponse(headers=_HEADERS | {WHOLE_FROM: str(whole_from)})
        try:
            await response.prepare(request)
            await self._send(response, _PING)  # the head is on its way only with the first bytes
            async with contextlib.aclosing(self._frames(after)) as frames:
                async for frame in frames:
                    await self._send(response, frame)
            await response.write_eof()
        except (ConnectionError, TimeoutError):
            response.force_close()
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._running.discard(task)
        return response

    async def _start(self, after: int | None) -> tuple[int, int]:
        """The seq to start after (now, when the caller named none), and the one from which on nothing was removed."""
        found = await self._events.page(after or 0, 1)
        newest = found.last_seq
        if after is None:
            return newest, found.whole_from
        if after > newest:
            raise Fault(
                409,
                "seq-unknown",
                f"the newest event is {newest}: this store is not the one you followed",
                field="after",
                remedy="read everything again, then follow from there",
            )
        return after, found.whole_from

    @staticmethod
    async def _send(response: web.StreamResponse, data: bytes) -> None:
        async with asyncio.timeout(_SEND_SECONDS):
            await response.write(data)

    async def _frames(self, after: int) -> AsyncGenerator[bytes, None]:
        """Frames as they come, a ping when nothing was sent for a while, until the daemon drains or the source ends.

        The source may yield empty chunks: they carry nothing and are not sent.
        """
        clock = asyncio.get_running_loop().time
        source = self._events.encoded(after)
        closing = asyncio.ensure_future(self._closing.wait())
        upcoming = asyncio.ensure_future(_next(source))
        ping_at = clock() + self._ping_seconds
        try:
            while not self._closing.is_set():
                pause = max(0.0, ping_at - clock())
                await asyncio.wait({closing, upcoming}, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                frame = b""
                if upcoming.done():
                    if (outcome := _outcome(upcoming)) is None:
                        return
                    frame = outcome
                    upcoming = asyncio.ensure_future(_next(source))
                if not frame and clock() >= ping_at:
                    frame = _PING
                if frame:
                    ping_at = clock() + self._ping_seconds
                    yield frame
        finally:
            closing.cancel()
            upcoming.cancel()
            await asyncio.wait({upcoming})
            if isinstance(source, AsyncGenerator):
                await source.aclose()  # the source counts its readers

    async def close(self, seconds: float) -> None:
        """End every stream and wait for them, at most `seconds`."""
        self._closing.set()
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)


async def _next(source: AsyncIterator[bytes]) -> bytes | None:
    return await anext(source, None)


def _outcome(upcoming: asyncio.Future[bytes | None]) -> bytes | None:
    """The next frame; None at the end, also when the source failed (the peer resumes by itself)."""
    if (error := upcoming.exception()) is not None:
        _log.error("event stream broke off", exc_info=error)
        return None
    return upcoming.result()


def _last_event_id(request: web.BaseRequest) -> int | None:
    header = request.headers.get("Last-Event-ID")
    if not header:
        return None
    if not (header.isascii() and header.isdigit() and len(header) <= 16):
        raise invalid(f"{header!r} is no seq", field="Last-Event-ID", remedy="send the id of the last event")
    return int(header)
