"""A PostgreSQL and its standby by streaming replication, on ports of loopback; either may be killed, promoted, started.

The programs are those of the wheel that other tests have. PostgreSQL refuses to run as root; then it runs as "nobody".
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

SECONDS = 60.0
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # processes are killed here, not machines
    "max_connections": "100",
    "shared_buffers": "32MB",
    "wal_keep_size": "256MB",
}


def _wheel() -> ModuleType:
    path = Path(__file__).parents[1] / "postgres_server.py"
    spec = importlib.util.spec_from_file_location("postgres_server", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Programs:
    """Runs PostgreSQL's programs in a directory, as somebody who is not root."""

    def __init__(self) -> None:
        wheel = _wheel()
        self.directory = Path(tempfile.mkdtemp(prefix="incidentd-replicas-"))
        install = wheel.wheel_install()
        self._who: dict[str, Any] = {}
        if os.geteuid() == 0:
            if not wheel.open_to_all(install):
                install = Path(shutil.copytree(install, self.directory / "install"))
            user = pwd.getpwnam("nobody")
            self._who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.directory, user.pw_uid, user.pw_gid)
        self._bin = install / "bin"

    def _options(self) -> dict[str, Any]:
        return {"cwd": self.directory, "env": {"HOME": str(self.directory), "PATH": os.environ["PATH"]}, **self._who}

    def run(self, program: str, *arguments: str | Path) -> str:
        done = subprocess.run(
            [self._bin / program, *arguments], capture_output=True, text=True, check=False, **self._options()
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, log: Path, *arguments: str | Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as file:
            return subprocess.Popen(
                [self._bin / "postgres", *arguments],
                stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True, **self._options(),
            )  # fmt: skip

    def remove(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)


class Server:
    """One PostgreSQL with a directory of its own."""

    def __init__(self, programs: Programs, name: str) -> None:
        self._programs = programs
        self.data = programs.directory / name
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, database: str = "incidentd") -> str:
        return f"postgresql://postgres@{self.host}/{database}"

    def start(self, **settings: str) -> None:
        """Returns when it answers."""
        said = SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self._programs.directory)} | settings
        log = self._programs.directory / f"{self.data.name}.log"
        given = [f"-c{name}={value}" for name, value in said.items()]
        self._process = self._programs.start(log, "-D", self.data, *given)
        deadline = time.monotonic() + SECONDS
        while True:
            with contextlib.suppress(AssertionError):
                self.ask("select 1", database="postgres")
                return
            assert self._process.poll() is None, log.read_text(errors="replace")[-2000:]
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)

    def ask(self, statement: str, *, database: str = "incidentd") -> str:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database]
        return self._programs.run("psql", *where, "-qAtX", "-c", statement).strip()

    def part(self) -> None:
        """End what a standby hears of its primary; returns when it hears nothing any more."""
        for statement in ("ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()"):
            self.ask(statement, database="postgres")
        deadline = time.monotonic() + SECONDS
        while self.ask("SELECT count(*) FROM pg_stat_wal_receiver", database="postgres") != "0":
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def promote(self) -> None:
        """Returns when it takes writes."""
        self._programs.run("pg_ctl", "-D", self.data, "-w", "promote")

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to all of its processes: each has a group of its own."""
        assert self._process is not None
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for pid in (parent, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """As when its machine goes."""
        if self._process is not None:
            if self._process.poll() is None:
                self.tell(signal.SIGKILL)
            self._process.wait()
            self._process = None


class Pair:
    """`one` takes writes at first, `two` follows it; commits wait for it when `synchronous`."""

    def __init__(self, *, synchronous: bool) -> None:
        self._programs = Programs()
        self.one, self.two = Server(self._programs, "one"), Server(self._programs, "two")
        try:
            self._begin({"synchronous_standby_names": "*"} if synchronous else {})
        except BaseException:
            self.close()
            raise

    def _begin(self, settings: dict[str, str]) -> None:
        run = self._programs.run
        run("initdb", "-D", self.one.data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "-N")
        self.one.start()
        self.one.ask("CREATE DATABASE incidentd", database="postgres")
        source = ["-h", "127.0.0.1", "-p", str(self.one.port), "-U", "postgres"]
        run("pg_basebackup", "-D", self.two.data, *source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self.two.start()
        for name, value in settings.items():
            self.one.ask(f"ALTER SYSTEM SET {name} = '{value}'", database="postgres")
        self.one.ask("SELECT pg_reload_conf()", database="postgres")

    @property
    def url(self) -> str:
        """What the nodes are told."""
        return f"postgresql://postgres@{self.one.host},{self.two.host}/incidentd?target_session_attrs=read-write"

    def close(self) -> None:
        for server in (self.one, self.two):
            server.kill()
        self._programs.remove()
