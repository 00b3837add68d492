"""A recording HTTP server on loopback whose answers a test scripts."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator, Mapping
from types import TracebackType

import msgspec
from aiohttp import web


class Fault(enum.StrEnum):
    """What the server does instead of answering."""

    HANG = "hang"  # takes the request, then says nothing until it is stopped
    RESET = "reset"  # takes the request, then resets the connection
    GARBAGE = "garbage"  # answers with bytes that are not HTTP


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One scripted answer. `echo` repeats the request's headers and body in it, as careless servers do."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b"{}"
    echo: bool = False


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it arrived, complete `at` an instant of the loop's clock, in seconds. Header names are in lower
    case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    at: float = 0.0


class RecordingServer:
    """Answers every request with the next scripted reply, then with 200 and `{}`; keeps what it got.

    Use it as `async with RecordingServer() as server:` and talk to `server.url`.
    """

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self.url = ""
        self.port = 0
        self._script: deque[Reply | Fault] = deque()
        self._busy = asyncio.Event()
        self._stopped = asyncio.Event()
        self._runner: web.AppRunner | None = None

    def script(self, *replies: Reply | Fault | int) -> None:
        """Queue answers; an int is a reply with that status."""
        self._script.extend(Reply(status=item) if isinstance(item, int) else item for item in replies)

    def reply(self, request: Recorded) -> Reply:
        """What is answered where nothing is scripted; a stand-in for one vendor overrides it."""
        return Reply()

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        if self._runner is None or self._runner.server is None:
            return 0
        return len(self._runner.server.connections)

    async def wait_for_request(self, limit: float = 5.0) -> None:
        """Returns when a request has arrived since the last call. Raises `TimeoutError` after `limit` seconds."""
        async with asyncio.timeout(limit):
            await self._busy.wait()
        self._busy.clear()

    async def wait_until_idle(self, limit: float = 5.0) -> None:
        """Returns when no connection is open. Raises `TimeoutError` after `limit` seconds."""
        async with asyncio.timeout(limit):
            while self.connections:  # noqa: ASYNC110 - aiohttp tells nobody when a connection ends
                await asyncio.sleep(0.01)

    async def __aenter__(self) -> RecordingServer:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        recorded = Recorded(
            method=request.method,
            path=request.path,
            query=request.query_string,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
            at=asyncio.get_running_loop().time(),
        )
        self.requests.append(recorded)
        self._busy.set()
        step = self._script.popleft() if self._script else self.reply(recorded)
        if isinstance(step, Fault):
            await self._misbehave(step, request)
            return web.Response(status=503)
        return web.Response(status=step.status, headers=step.headers, body=_reply_body(step, recorded))

    async def _misbehave(self, fault: Fault, request: web.Request) -> None:
        if fault is Fault.HANG:
            await self._stopped.wait()
            return
        transport = request.transport
        if transport is None:
            return
        if fault is Fault.GARBAGE and isinstance(transport, asyncio.WriteTransport):
            transport.write(b"\x00\xffthis is not HTTP\r\n\r\n")
            transport.close()
            return
        peer = transport.get_extra_info("socket")
        if peer is not None:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


def _reply_body(reply: Reply, recorded: Recorded) -> bytes:
    if not reply.echo:
        return reply.body
    lines = [f"{name}: {value}" for name, value in recorded.headers.items()]
    return "\n".join([f"{recorded.path}?{recorded.query}", *lines, ""]).encode() + recorded.body


@contextlib.asynccontextmanager
async def refused_port() -> AsyncIterator[int]:
    """A loopback port that nothing listens on: it is bound, so that nobody else takes it, but refuses connections."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
