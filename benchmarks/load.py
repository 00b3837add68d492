"""A light HTTP/1.1 load client: keep-alive connections, one request in flight on each, optionally at a given pace."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Iterable
from typing import cast

PATH = "/api/v2/alerts"
_LIMIT_SECONDS = 60.0


def request(body: bytes, path: str = PATH, method: str = "POST") -> bytes:
    """The bytes of one request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is complete."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        if not self._load.todo:
            self._transport.close()
            return
        wait = self._load.pause()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._send, self._load.todo.popleft())
        else:
            self._send(self._load.todo.popleft())

    def _send(self, data: bytes) -> None:
        assert self._transport is not None
        self._sent_at = time.perf_counter()
        self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        status, self._buffer = int(self._buffer[9:12]), b""
        self._load.answered(status, time.perf_counter() - self._sent_at)
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        self._load.lost()


class Load:
    """Sends every request once. `statuses` counts the answers, `seconds` holds how long each took."""

    def __init__(self, requests: Iterable[bytes], connections: int, per_second: float = 0.0) -> None:
        self.todo = deque(requests)
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self.elapsed = 0.0
        self._connections = min(connections, len(self.todo))
        self._open = 0
        self._pace = per_second
        self._started = 0.0
        self._paced = 0
        self._over = asyncio.Event()

    async def run(self, host: str, port: int) -> None:
        """Send; returns when everything was answered. Raises ConnectionError when answers are missing."""
        loop = asyncio.get_running_loop()
        expected = len(self.todo)
        self._started = time.perf_counter()
        self._open = self._connections
        for _ in range(self._connections):
            await loop.create_connection(lambda: _Connection(self), host, port)
        async with asyncio.timeout(_LIMIT_SECONDS):
            await self._over.wait()
        if len(self.seconds) != expected:
            raise ConnectionError(f"{expected - len(self.seconds)} of {expected} requests were not answered")

    def pause(self) -> float:
        """Seconds until the next request is due."""
        if not self._pace:
            return 0.0
        due = self._started + self._paced / self._pace
        self._paced += 1
        return due - time.perf_counter()

    def answered(self, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self.seconds.append(seconds)
        self.elapsed = time.perf_counter() - self._started

    def lost(self) -> None:
        self._open -= 1
        if self._open == 0:
            self._over.set()

    @property
    def failed(self) -> int:
        """Answers that were not 2xx."""
        return sum(count for status, count in self.statuses.items() if not 200 <= status < 300)


async def post_all(port: int, sent: Iterable[bytes], connections: int, per_second: float = 0.0) -> Load:
    """POST every body to loopback `port`. Raises RuntimeError when one was refused."""
    load = Load([request(body) for body in sent], connections, per_second)
    await load.run("127.0.0.1", port)
    if load.failed:
        raise RuntimeError(f"refused: {dict(load.statuses)}")
    return load
