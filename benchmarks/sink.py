"""A webhook receiver on loopback that tells when which message came."""

from __future__ import annotations

import asyncio
import time
from typing import cast


class _Receiver(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            at = head.find(b"content-length:")
            whole = end + 4 + (int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            self._sink.received(body)


class Sink:
    """`await sink.message(token)` returns the perf_counter time at which a body that holds `token` came."""

    def __init__(self) -> None:
        self.count = 0
        self.url = ""
        self._awaited: dict[bytes, asyncio.Future[float]] = {}

    async def __aenter__(self) -> Sink:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Receiver(self), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def expect(self, token: str) -> asyncio.Future[float]:
        """The time of the first message from now on that holds `token`."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._awaited[token.encode()] = future
        return future

    def received(self, body: bytes) -> None:
        now = time.perf_counter()
        self.count += 1
        for token in [token for token in self._awaited if token in body]:
            self._awaited.pop(token).set_result(now)
