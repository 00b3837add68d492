"""Real processes for the e2e tests: the daemon under test, and the programs that talk to it."""

from __future__ import annotations

import contextlib
import getpass
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from incidentd import unixsocket

READY_SECONDS = 90.0
STOP_SECONDS = 45.0
ACTING_USER = getpass.getuser()

# Nobody waits, so that a test sees at once what a person would see after half a minute.
QUICK_PROCESS = """
[limits]
usual = []
[route]
group_wait = "0s"
group_interval = "1s"
[[route.routes]]
name = "watchdog"
match = ["alertname=Watchdog"]
page = false
"""
ADA_BY_LOG = f"""
[people.ada]
os_user = "{ACTING_USER}"
contacts = [{{ notifier = "log" }}]
[policies.default]
steps = [{{ targets = ["person:ada"], delay = "10m" }}]
"""


class Answer(NamedTuple):
    """An HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def free_port() -> int:
    """A port of the loopback interface that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], Any], what: str, seconds: float = 60.0, every: float = 0.05) -> Any:
    """The first truthy answer of `look`; AssertionError with the last one after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {seconds:g} s: {what}; last seen: {seen!r}")
        time.sleep(every)


def http_exchange(
    port: int,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 30.0,
) -> Answer:
    """One HTTP exchange on loopback over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused early: the answer is there
            connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


class Program:
    """One child process with its output in a file. It dies with the test process, however that one ends."""

    def __init__(self, name: str, command: Sequence[str | Path], log: Path, **options: Any) -> None:
        self.name = name
        self.log = log
        tie = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [*tie, *map(str, command)], stdin=subprocess.DEVNULL, stdout=out, stderr=out, **options
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        return self._process.wait(seconds)

    def stop(self) -> int:
        """Ask, then insist; the exit status."""
        if self.running:
            self._process.terminate()
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def wait_for(self, look: Callable[[], Any], what: str, seconds: float = READY_SECONDS) -> None:
        """Until `look` is truthy; fails with the program's words when it ends before that."""

        def ended_or_there() -> bool:
            assert self.running, f"{self.name} ended with {self._process.returncode}:\n{self.said()[-4000:]}"
            return bool(look())

        eventually(ended_or_there, f"{self.name}: {what}", seconds)


class Incidentd:
    """`incidentd serve` with directories of its own. `start` may be called again after `terminate` or `kill`."""

    def __init__(
        self,
        home: Path,
        *,
        main: str = "",
        roster: str = ADA_BY_LOG,
        process: str = QUICK_PROCESS,
        env: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> None:
        self.home = home
        self.port = port or free_port()
        for name in ("config", "state", "run"):
            (home / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self.config = home / "config"
        self.socket_path = str(home / "run" / "api.sock")
        self.log = home / "incidentd.log"
        self.write("incidentd.toml", f'[ingress]\nlisten = ["127.0.0.1:{self.port}"]\n{main}')
        self.write("roster.toml", roster)
        self.write("process.toml", process)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("INCIDENTD_", "XDG_", "LISTEN_", "NOTIFY_"))}
        self.env = {
            **kept,
            "HOME": str(home),
            "CONFIGURATION_DIRECTORY": str(self.config),
            "STATE_DIRECTORY": str(home / "state"),
            "RUNTIME_DIRECTORY": str(home / "run"),
            **(env or {}),
        }
        self.program: Program | None = None

    def write(self, name: str, text: str) -> Path:
        path = self.config / name
        path.write_text(text)
        return path

    # ------------------------------------------------------------------ life
    def launch(self, command: Sequence[str | Path] = (), **options: Any) -> Program:
        """Start without waiting; `command` wraps the real one."""
        real: list[str | Path] = [Path(sys.executable).with_name("incidentd"), "serve"]
        self.program = Program("incidentd", [*command, *real], self.log, env=self.env, **options)
        return self.program

    def start(self) -> Incidentd:
        self.launch().wait_for(self.answers, "answers on its socket")
        return self

    def answers(self) -> bool:
        try:
            return unixsocket.request(self.socket_path, "GET", "/v1/info", timeout=5).status == 200
        except (OSError, http.client.HTTPException):
            return False

    @property
    def running(self) -> Program:
        assert self.program is not None
        return self.program

    def terminate(self) -> int:
        self.running.signal(signal.SIGTERM)
        return self.running.wait()

    def kill(self) -> None:
        self.running.signal(signal.SIGKILL)
        self.running.wait()

    def close(self) -> None:
        if self.program is not None:
            self.program.stop()

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The records of this name in the daemon's log."""
        records = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [record for record in records if record.get("event") == event]

    # ------------------------------------------------------------------ its two doors
    def ask(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """The JSON answer of the socket API, which must be a success."""
        headers = {"Content-Type": "application/json"}
        if method != "GET":
            headers["Idempotency-Key"] = os.urandom(8).hex()
        encoded = None if body is None else json.dumps(body).encode()
        target = f"{path}?{urlencode(query, doseq=True)}" if query else path
        answer = unixsocket.request(self.socket_path, method, target, encoded, headers)
        assert 200 <= answer.status < 300, (answer.status, answer.body)
        return json.loads(answer.body)

    def get(self, path: str, **query: object) -> Any:
        return self.ask("GET", path, **query)

    def alerts(self, **query: object) -> list[dict[str, Any]]:
        """Every stored alert that fits, all pages of the list."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            asked = {"status": "all", "order": "oldest", "limit": 1000, "cursor": cursor, **query}
            page = self.get("/v1/alerts", **asked)
            found += page["alerts"]
            cursor = page["next_cursor"]
            if not cursor:
                return found

    def alert(self, name: str, **query: object) -> dict[str, Any] | None:
        return next((one for one in self.alerts(**query) if one["name"] == name), None)

    def page_of(self, alert_name: str) -> dict[str, Any] | None:
        """The page of an alert with its deliveries."""
        alert = self.alert(alert_name)
        return self.get(f"/v1/pages/{alert['page_id']}") if alert and alert["page_id"] else None

    def trace(self, alert_name: str) -> Any:
        alert = self.alert(alert_name)
        assert alert is not None
        return self.get(f"/v1/alerts/{alert['id']}/trace")

    def http(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One exchange with the TCP listener."""
        return http_exchange(self.port, method, path, body, headers)

    def post(self, path: str, document: object) -> Answer:
        return self.http("POST", path, json.dumps(document).encode(), {"Content-Type": "application/json"})

    def fire(self, *names: str, **labels: str) -> None:
        """Alerts as Prometheus sends them, acknowledged with a 2xx."""
        answer = self.post("/api/v2/alerts", [{"labels": {"alertname": name, **labels}} for name in names])
        assert answer.status == 200, answer

    def ctl(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """incidentctl, as a person would call it."""
        return subprocess.run(
            [Path(sys.executable).with_name("incidentctl"), *arguments],
            env={**self.env, "INCIDENTD_SOCKET": self.socket_path, **(env or {})},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )
