"""What the experiments with networks, plugins and clocks have in common: alerts, percentiles, vendors that are sick."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

ANSWER = b"HTTP/1.1 %d X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"

LIBRARY = next(
    (str(found) for at in ("/usr/lib", "/usr/local/lib") for found in Path(at).rglob("faketime/libfaketime.so.1")), ""
)


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


CUT = """
set -e
ip link set lo up
ip link add near type veth peer name far
ip address add 10.77.0.1/24 dev near && ip link set near up
unshare --net sleep 600 & other=$!
echo $other > "$1/other"
sleep 0.5
ip link set far netns $other
nsenter --target $other --net sh -c 'ip link set lo up; ip address add 10.77.0.2/24 dev far; ip link set far up'
exec sleep 600
"""


@pytest.fixture
def two_machines(as_root, tmp_path):
    """Two network namespaces with a cable in between; (command of the near one, of the far one, how to cut it)."""
    if not shutil.which("nsenter") or not shutil.which("ip"):
        pytest.skip("needs nsenter(1) and ip(8)")
    script = tmp_path / "cable.sh"
    script.write_text(CUT)
    holder = subprocess.Popen(["unshare", "--net", "sh", str(script), str(tmp_path)])
    try:
        other = tmp_path / "other"
        for _ in range(100):
            up = ["nsenter", "--target", str(holder.pid), "--net", "ip", "-br", "address"]
            if b"10.77.0.1" in subprocess.run(up, capture_output=True, check=False).stdout and other.exists():
                break
            subprocess.run(["sleep", "0.1"], check=True)
        subprocess.run(["sleep", "1"], check=True)
        near = ("nsenter", "--target", str(holder.pid), "--net")
        far = ("nsenter", "--target", other.read_text().strip(), "--net")
        yield near, far
    finally:
        holder.kill()
        holder.wait()
        subprocess.run(["kill", (tmp_path / "other").read_text().strip()], check=False)


class Wall:
    """The clock on the daemon's wall; the one that only counts is left alone."""

    def __init__(self, daemon, directory: Path) -> None:
        if not LIBRARY:
            pytest.skip("needs libfaketime (Debian: apt install faketime)")
        self._file = directory / "wall"
        self.set("+0")
        daemon.environ |= {
            "LD_PRELOAD": LIBRARY,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset: str) -> None:
        """From now on it is off by so much, as "-1h" or "+1d"."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{offset}\n")
        fresh.rename(self._file)

    def set_to(self, at: datetime) -> None:
        """From now on it goes on from that instant."""
        self.set(f"{(at - datetime.now(UTC)).total_seconds():+.0f}")


@pytest.fixture
def wall(daemon, tmp_path):
    return Wall(daemon, tmp_path)
