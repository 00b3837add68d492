"""A real `incidentd serve` in a temporary directory that a test may kill, starve and start again."""

import asyncio
import importlib.util
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from types import ModuleType

import aiohttp
import pytest

from incidentd import wire
from incidentd.client import Client
from incidentd.plugin.testing.httpserver import RecordingServer

START_SECONDS = 300.0
STOP_SECONDS = 30.0
PROGRAM = Path(sys.executable).with_name("incidentd")


class DaemonProcess:
    """One daemon; `start` and the ways to end it may follow each other any number of times."""

    def __init__(self, directory: Path, database: Path) -> None:
        self.directory = directory
        self._database = database  # without rows, what it finds at its first start: migrations took a third of that
        self.config = directory / "config"
        self.state = directory / "state"
        self.port = 0
        self.starts = 0
        self.environ: dict[str, str] = {}
        self.wrap: tuple[str, ...] = ()  # a command that becomes the daemon
        self._process: asyncio.subprocess.Process | None = None

    def configure(self, *, main: str = "", roster: str = "", process: str = "", node: str = "") -> None:
        """Write the three files; `main` is added to what keeps the daemon private."""
        self.config.mkdir(exist_ok=True)
        own = f'[daemon]\nstate_dir = "{self.state}"\nruntime_dir = "{self.directory / "run"}"\n'
        own += f'node = "{node}"\n' if node else ""
        listen = '[ingress]\nlisten = ["127.0.0.1:0"]\n'
        (self.config / "incidentd.toml").write_text(own + listen + main)
        (self.config / "roster.toml").write_text(roster)
        # Each message goes out by itself: what is counted here is rows, not bundles.
        (self.config / "process.toml").write_text(f"{process}\n[limits]\nusual = []\n")

    @property
    def log(self) -> Path:
        return self.directory / f"log.{self.starts}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Returns when it is ready. Raises AssertionError with the log when it is not."""
        await self.launch()
        await self.ready()

    async def launch(self) -> None:
        """Start without waiting."""
        self.starts += 1
        if self.starts == 1:
            self.state.mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(self._database, self.state / "incidentd.db")
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        environ = kept | {"HOME": str(self.directory), "INCIDENTD_CONFIG_DIR": str(self.config)} | self.environ
        with self.log.open("wb") as file:
            self._process = await asyncio.create_subprocess_exec(
                *self.wrap, PROGRAM, "serve", env=environ, cwd=self.directory, stdout=file, stderr=file
            )

    async def ready(self) -> None:
        """Returns when it says so."""
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while asyncio.get_running_loop().time() < deadline and self.running:
            for line in self.log.read_bytes().splitlines():
                if b'"event": "ready"' in line:
                    self.port = int(json.loads(line)["ingress"][0].rpartition(":")[2])
                    return
            await asyncio.sleep(0.01)
        raise AssertionError(f"the daemon is not ready: {self.log.read_text(errors='replace')[-3000:]}")

    def tell(self, number: signal.Signals) -> None:
        """Only send it."""
        os.kill(self.pid, number)

    async def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        assert self._process is not None
        if self.running:
            self._process.send_signal(number)
        async with asyncio.timeout(STOP_SECONDS):
            return await self._process.wait()

    def command(self, *arguments: str, timeout: float) -> subprocess.CompletedProcess[str]:
        """One of the daemon's commands, with its configuration."""
        environ = {**os.environ, "HOME": str(self.directory), "INCIDENTD_CONFIG_DIR": str(self.config)}
        return subprocess.run(
            [PROGRAM, *arguments], env=environ, capture_output=True, text=True, timeout=timeout, check=False
        )

    def limit_files(self, size: int) -> None:
        """Let no file of the daemon grow beyond `size` bytes (RLIMIT_FSIZE); RLIM_INFINITY takes the limit away."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    async def post(self, session: aiohttp.ClientSession, alerts: list[dict]) -> int:
        """Send alerts as Prometheus does; the status, 0 when there was no answer."""
        timeout = aiohttp.ClientTimeout(total=15)
        url = f"http://127.0.0.1:{self.port}/api/v2/alerts"
        try:
            async with session.post(url, json=alerts, timeout=timeout) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0

    async def firing(self, session: aiohttp.ClientSession) -> list[Mapping]:
        """The alerts that it knows to fire."""
        async with session.get(f"http://127.0.0.1:{self.port}/api/v2/alerts") as answer:
            return await answer.json()

    async def health(self) -> wire.Health:
        async with Client(self.directory / "run" / "api.sock") as client:
            return await client.health()


async def until(look: Callable[[], object], seconds: float, what: str) -> None:
    """Returns when `look()` is true; it may be a coroutine function."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        seen = look()
        if asyncio.iscoroutine(seen):
            seen = await seen
        if seen:
            return
        assert asyncio.get_running_loop().time() < deadline, f"not within {seconds:g} s: {what}"
        await asyncio.sleep(0.1)


@pytest.fixture
def eventually():
    """`await eventually(look, seconds, what)`."""
    return until


def beside(name: str) -> ModuleType:
    """A module of this directory, which is no package."""
    spec = importlib.util.spec_from_file_location(f"faults_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def program() -> Path:
    """The command `incidentd`."""
    return PROGRAM


@pytest.fixture
def flood() -> ModuleType:
    """`senders.py`: senders that try again, and the count of what became of what they sent."""
    return beside("senders")


@pytest.fixture
async def power(tmp_path: Path, daemon: "DaemonProcess") -> AsyncIterator[object]:
    """A disk of 48 MiB below the daemon's state, whose power a test may cut; see `power.py`. Only root can have one."""
    module = beside("power")
    if why := module.missing():
        pytest.skip(why)
    made = module.Power(tmp_path, daemon.state)
    await made.make()
    yield made
    if daemon.running:
        await daemon.end(signal.SIGKILL)
    await made.close()


nodes = beside("nodes")
pager, make_node, cluster, judge = nodes.pager, nodes.make_node, nodes.cluster, nodes.judge


@pytest.fixture
def replicas() -> ModuleType:
    """`replicas.py`: a PostgreSQL and its standby."""
    return beside("replicas")


@pytest.fixture
async def daemon(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[DaemonProcess]:
    """A daemon that the test configures and starts; it is gone at the end."""
    made = DaemonProcess(tmp_path, sqlite_template)
    yield made
    if made.running:
        await made.end(signal.SIGKILL)


@pytest.fixture
async def make_daemon_process(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Callable[[str], DaemonProcess]]:
    """`make_daemon_process(name)` is one of several daemons, with a directory of its own."""
    made: list[DaemonProcess] = []

    def make(name: str) -> DaemonProcess:
        (tmp_path / name).mkdir()
        made.append(DaemonProcess(tmp_path / name, sqlite_template))
        return made[-1]

    yield make
    for one in made:
        if one.running:
            await one.end(signal.SIGKILL)


@pytest.fixture
async def sink() -> AsyncIterator[RecordingServer]:
    """Where the webhook notifier sends to."""
    async with RecordingServer() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """The sender's HTTP client; a connection for each request, as a restart breaks kept ones."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as made:
        yield made
