"""The servers that are measured, each in a process and a directory of its own, on loopback."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from benchmarks.processes import cpu_seconds, resident_mib

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
ALERTMANAGER = "prometheus-alertmanager"
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0

ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "1h" }]
"""
QUIET = '[route]\ngroup_wait = "1h"\n'
"""A process.toml under which nobody is paged while a benchmark runs."""


_UNLIMITED = "[limits]\nusual = []\n"
"""Every message is timed on its own: the usual limit would put them in one bundle a minute."""


class Failed(Exception):
    """A server did not start; the message holds its last words."""


class Server:
    """A running server process."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], port: int, ready_seconds: float) -> None:
        self.name = name
        self.process = process
        self.port = port
        self.ready_seconds = ready_seconds

    @property
    def cpu(self) -> float:
        return cpu_seconds(self.process.pid)

    @property
    def resident(self) -> float:
        return resident_mib(self.process.pid)

    def stop(self) -> float:
        """SIGTERM; returns the seconds until the process was gone."""
        began = time.perf_counter()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.perf_counter() - began


def free_port() -> int:
    """A port that is free now, for servers that cannot choose one themselves."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port: int = holder.getsockname()[1]
        return port


def get(port: int, path: str) -> tuple[int, str]:
    """GET from loopback: (status, text). Raises OSError."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A directory that goes when it was used."""
    directory = Path(tempfile.mkdtemp(prefix="incidentd-bench-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def write_config(
    directory: Path, *, sink: str = "http://127.0.0.1:9/", process: str = QUIET, storage: str = ""
) -> None:
    """The three files for a private daemon in `directory`."""
    config = directory / "config"
    config.mkdir(exist_ok=True)
    main = [
        f'[daemon]\nstate_dir = "{directory / "state"}"\nruntime_dir = "{directory / "run"}"',
        '[ingress]\nlisten = ["127.0.0.1:0"]',
        f'[notifiers.sink]\ntype = "webhook"\nurl = "{sink}"',
    ]
    if storage:
        main.append(f'[storage]\nurl = {{ file = "{directory / "database-url"}" }}')
        (directory / "database-url").write_text(storage)
    (config / "incidentd.toml").write_text("\n".join(main) + "\n")
    (config / "roster.toml").write_text(ROSTER)
    (config / "process.toml").write_text(process + _UNLIMITED)


def environment(directory: Path) -> dict[str, str]:
    """The environment for a daemon and its clients in `directory`; nothing of the user's own incidentd is touched."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TERM") if name in os.environ}
    return kept | {
        "HOME": str(directory),
        "INCIDENTD_CONFIG_DIR": str(directory / "config"),
        "INCIDENTD_SOCKET": str(directory / "run" / "api.sock"),
    }


def start_incidentd(directory: Path, name: str = "incidentd") -> Server:
    """Start the daemon on the configuration in `directory`. Raises `Failed`."""
    log = directory / "log"
    began = time.perf_counter()
    with log.open("wb") as file:
        process = subprocess.Popen(
            [BIN / "incidentd", "serve"], env=environment(directory), cwd=directory, stdout=file, stderr=file
        )
    port = _await_ready_line(log, process)
    return Server(name, process, port, time.perf_counter() - began)


def _await_ready_line(log: Path, process: subprocess.Popen[bytes]) -> int:
    """The port in the log line that says the daemon is ready."""
    end = time.perf_counter() + _START_SECONDS
    while time.perf_counter() < end:
        for line in log.read_bytes().splitlines():
            if b'"event": "ready"' in line:
                return int(json.loads(line)["ingress"][0].rpartition(":")[2])
        if process.poll() is not None:
            break
        time.sleep(0.005)
    process.kill()
    process.wait()
    raise Failed(f"incidentd did not get ready: {log.read_text(errors='replace')[-2000:]}")


ALERTMANAGER_QUIET = (
    "route:\n  receiver: nobody\n  group_by: [alertname, service]\n  group_wait: 1h\nreceivers:\n- name: nobody\n"
)
"""An alertmanager.yml whose receiver does nothing."""


def start_alertmanager(directory: Path, text: str = ALERTMANAGER_QUIET) -> Server:
    """Start Alertmanager in memory and without a cluster, with `text` as its configuration. Raises `Failed`."""
    port = free_port()
    config = directory / "alertmanager.yml"
    config.write_text(text)
    arguments = [
        f"--config.file={config}", f"--storage.path={directory / 'data'}", f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=", "--log.level=warn",
    ]  # fmt: skip
    began = time.perf_counter()
    with (directory / "log").open("wb") as file:
        process = subprocess.Popen([ALERTMANAGER, *arguments], stdout=file, stderr=file)
    while time.perf_counter() - began < _START_SECONDS:
        with contextlib.suppress(OSError):
            if get(port, "/-/ready")[0] == 200:
                return Server("Alertmanager", process, port, time.perf_counter() - began)
        if process.poll() is not None:
            break
        time.sleep(0.01)
    process.kill()
    process.wait()
    raise Failed(f"Alertmanager did not get ready: {(directory / 'log').read_text(errors='replace')[-2000:]}")


def start_noop() -> Server:
    """Start the bare aiohttp handler."""
    began = time.perf_counter()
    program = Path(__file__).with_name("noop_server.py")
    process = subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    port = json.loads(_line(process.stdout))["port"]
    return Server("aiohttp no-op", process, port, time.perf_counter() - began)


class Postgres:
    """The private PostgreSQL of the test suite, with a fresh database for each run. Its disk writes are not synced."""

    def __init__(self) -> None:
        program = ROOT / "tests" / "postgres_server.py"
        self._process = subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._url: str = json.loads(_line(self._process.stdout))["url"]
        self._made = 0

    async def fresh(self) -> str:
        """The URL of a new database."""
        from sqlalchemy import text
        from sqlalchemy.engine import make_url
        from sqlalchemy.ext.asyncio import create_async_engine

        self._made += 1
        name = f"bench_{self._made}"
        url = make_url(self._url).set(drivername="postgresql+asyncpg")
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
        await engine.dispose()
        return make_url(self._url).set(database=name).render_as_string(hide_password=False)

    def cpu(self) -> float:
        """User and system time of all its processes that are alive."""
        total = 0.0
        for pid in _descendants(self._process.pid):
            with contextlib.suppress(OSError):
                total += cpu_seconds(pid)
        return total

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(_STOP_SECONDS)


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def _line(stream: IO[bytes] | None) -> bytes:
    assert stream is not None
    line = stream.readline()
    if not line:
        raise Failed("a helper process ended before it was ready; its words are above")
    return line
