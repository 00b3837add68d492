"""One HTTP/1.1 exchange at a time over a Unix socket, with h11: the transport below `incidentd.client`.

Pure transport: it knows nothing of routes, retries or problem documents. Every fault is an `OSError`
(`ConnectionLost` when the peer went away or spoke something else than HTTP).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import h11
import msgspec

from incidentd.unixsocket import check_directory

_READ = 64 * 1024
_MAX_HEADER_BYTES = 64 * 1024
MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""An answer longer than this is not read: lists are paged, so a longer one is no answer of ours."""


class ConnectionLost(OSError):  # noqa: N818
    """The connection ended, or carried no valid HTTP, before the answer was complete."""


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`target` is the path with its query, already percent-encoded."""

    method: str
    target: str
    headers: Mapping[str, str] = {}
    body: bytes = b""


class HttpResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Connection:
    """One connection; at most one exchange at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEADER_BYTES)
        self.idle_since = time.monotonic()

    @classmethod
    async def open(cls, path: str) -> Connection:
        """Connect to the socket at `path`. Raises OSError: no such file, connection refused, no permission."""
        check_directory(path)
        return cls(*await asyncio.open_unix_connection(path))

    async def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send `request` and read the whole answer. Raises `ConnectionLost`."""
        head = await self.begin(request)
        parts: list[bytes] = []
        size = 0
        async for part in self.body():
            size += len(part)
            if size > MAX_ANSWER_BYTES:
                raise ConnectionLost(f"the answer is longer than {MAX_ANSWER_BYTES} bytes")
            parts.append(part)
        return HttpResponse(status=head.status, headers=head.headers, body=b"".join(parts))

    async def begin(self, request: HttpRequest) -> HttpResponse:
        """Send `request` and read the head of the answer; `body` yields the rest."""
        headers = {"Host": "incidentd", **request.headers}
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            headers["Content-Length"] = str(len(request.body))
        try:
            # one send for head and body; the peer may answer early (413) and close, so a failed write is not the end
            wire = self._protocol.send(
                h11.Request(method=request.method, target=request.target, headers=[*headers.items()])
            )
            wire = (wire or b"") + (self._protocol.send(h11.Data(request.body)) or b"" if request.body else b"")
            self._writer.write(wire + (self._protocol.send(h11.EndOfMessage()) or b""))
            with contextlib.suppress(ConnectionError):
                await self._writer.drain()
            event = await self._next_event()
            while isinstance(event, h11.InformationalResponse):
                event = await self._next_event()
        except h11.ProtocolError as error:
            raise ConnectionLost(f"no HTTP answer: {error}") from error
        if not isinstance(event, h11.Response):
            raise ConnectionLost("the connection was closed before an answer came")
        fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
        return HttpResponse(status=event.status_code, headers=fields)

    async def body(self) -> AsyncIterator[bytes]:
        """The parts of the answer's body as they arrive, until its end."""
        while True:
            try:
                event = await self._next_event()
            except h11.ProtocolError as error:
                raise ConnectionLost(f"the answer broke off: {error}") from error
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return
            else:
                raise ConnectionLost("the answer broke off")

    async def _next_event(self) -> object:
        while True:
            event = self._protocol.next_event()
            if event is not h11.NEED_DATA:
                return event
            try:
                self._protocol.receive_data(await self._reader.read(_READ))
            except ConnectionError as error:
                raise ConnectionLost(str(error) or "the connection was reset") from error

    def reusable(self) -> bool:
        """Make the connection ready for another exchange; False when it must be closed instead."""
        if self._protocol.our_state is not h11.DONE or self._protocol.their_state is not h11.DONE:
            return False
        self._protocol.start_next_cycle()
        self.idle_since = time.monotonic()
        return True

    @property
    def gone(self) -> bool:
        """True when the peer has closed an idle connection."""
        return self._reader.at_eof() or self._writer.is_closing()

    def close(self) -> None:
        """Drop the connection at once."""
        self._writer.close()


class Pool:
    """Keeps a few idle connections to one socket; `prove` is awaited once for each new connection."""

    def __init__(
        self, path: str, prove: Callable[[Connection], Awaitable[None]], *, max_idle: int = 4, max_age: float = 30.0
    ) -> None:
        self._path = path
        self._prove = prove
        self._idle: list[Connection] = []
        self._max_idle = max_idle
        self._max_age = max_age
        self._closed = False

    async def exchange(self, request: HttpRequest, timeout: float) -> HttpResponse:
        """One exchange within `timeout` seconds. Raises OSError; TimeoutError is one."""
        async with asyncio.timeout(timeout):
            connection = await self._take()
            try:
                response = await connection.exchange(request)
            except BaseException:
                connection.close()
                raise
        self._give_back(connection)
        return response

    async def dedicated(self, timeout: float) -> Connection:
        """A new, proven connection that the caller closes. Raises OSError."""
        async with asyncio.timeout(timeout):
            connection = await Connection.open(self._path)
            try:
                await self._prove(connection)
                if not connection.reusable():
                    raise ConnectionLost("the daemon closed the connection after its first answer")
            except BaseException:
                connection.close()
                raise
            return connection

    async def _take(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.gone and time.monotonic() - connection.idle_since < self._max_age:
                return connection
            connection.close()
        return await self.dedicated(timeout=3600)

    def _give_back(self, connection: Connection) -> None:
        if self._closed or len(self._idle) >= self._max_idle or not connection.reusable():
            connection.close()
        else:
            self._idle.append(connection)

    def close(self) -> None:
        """Close the idle connections and keep none from now on."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
