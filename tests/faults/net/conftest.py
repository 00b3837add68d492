"""What the experiments with networks, plugins and clocks have in common: alerts, percentiles, vendors that are sick."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import pytest

ANSWER = b"HTTP/1.1 %d X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@dataclass(frozen=True)
class Got:
    """A message as a vendor got it; `at` in seconds of the loop's clock."""

    at: float
    key: str
    recipient: str
    attempt: int
    numbers: tuple[str, ...]


@dataclass
class Vendor:
    """What notifiers send to, on loopback. `mood` may change while it runs; `got` is all that it read, answered or not.

    well; hanging: never answers; failing: 503; slow: answers after 8 s; flapping: 3 s well, 3 s failing, by turns;
    dropping: closes each connection at once; stalling: takes the bytes of a TLS handshake and says nothing.
    """

    mood: str = "well"
    got: list[Got] = field(default_factory=list)
    good: list[Got] = field(default_factory=list)
    port: int = 0
    _waiting: set[asyncio.Task] = field(default_factory=set)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._waiting.add(task)
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._waiting.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mood == "dropping":
            return
        if self.mood == "stalling":
            await reader.read(-1)
            return
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        said = json.loads(await reader.readexactly(size))
        now = asyncio.get_running_loop().time()
        got = Got(now, said["idempotency_key"], said["recipient"], said["attempt"], _numbers(said))
        self.got.append(got)
        status = await self._status(reader, got.at)
        if status == 200:
            self.good.append(got)
        writer.write(ANSWER % status)
        await writer.drain()

    async def _status(self, reader: asyncio.StreamReader, at: float) -> int:
        if self.mood == "hanging":
            await reader.read(-1)
        if self.mood == "slow":
            await asyncio.sleep(8)
        failing = self.mood == "failing" or (self.mood == "flapping" and int(at) // 3 % 2 == 1)
        return 503 if failing else 200

    async def close(self) -> None:
        self._server.close()
        for task in self._waiting:
            task.cancel()


def _numbers(said: dict) -> tuple[str, ...]:
    """Which alerts of these tests it tells of: each has a title that ends with #NUMBER."""
    words = f"{said['title']} {said['body']}".split()
    return tuple(dict.fromkeys(word[1:] for word in words if word.startswith("#") and word[1:].isdecimal()))


@pytest.fixture
async def vendors() -> AsyncIterator[Callable]:
    """`await vendors(mood)` starts one more."""
    started: list[Vendor] = []

    async def start(mood: str = "well") -> Vendor:
        vendor = Vendor(mood)
        await vendor.start()
        started.append(vendor)
        return vendor

    yield start
    for vendor in started:
        await vendor.close()


@pytest.fixture
def fault_alert() -> Callable:
    """An alert as Prometheus sends it, told apart by its number."""

    def made(number: int, **labels: str) -> dict:
        return {
            "labels": {"alertname": "fault", "number": str(number), **labels},
            "annotations": {"summary": f"fault #{number}"},
            "endsAt": "2100-01-01T00:00:00Z",
        }

    return made


@pytest.fixture
def percentile() -> Callable:
    """`percentile(values, 99)`; NaN of nothing."""

    def of(values: Sequence[float], share: float) -> float:
        ordered = sorted(values)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else float("nan")

    return of


@pytest.fixture
def as_root() -> None:
    """Skips where namespaces cannot be made."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root and unshare(1) for namespaces of its own")
    tried = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no namespaces can be made here: {tried.stderr.strip()}")
