"""The daemon as a service manager sees it: passed sockets, readiness, watchdog, reload, stop. The manager is played."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from incidentd.unixsocket import request

STARTER = """
import os, sys
os.dup2(int(sys.argv[1]), 100); os.dup2(int(sys.argv[2]), 101)
os.dup2(100, 3); os.dup2(101, 4)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="api:ingress")
os.execv(sys.executable, [sys.executable, "-m", "incidentd", "serve"])
"""


class Manager:
    """A service manager: it holds the sockets, starts the daemon and reads what the daemon reports."""

    def __init__(self, directory: Path) -> None:
        self.api_path = str(directory / "api.sock")
        self.api = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.api.bind(self.api_path)
        self.api.listen(16)
        self.ingress = socket.create_server(("127.0.0.1", 0))
        self.port = self.ingress.getsockname()[1]
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(directory / "notify.sock"))
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "INCIDENTD_"))}
        environ |= {
            "HOME": str(directory),
            "STATE_DIRECTORY": str(directory / "state"),
            "RUNTIME_DIRECTORY": str(directory / "run"),
            "NOTIFY_SOCKET": str(directory / "notify.sock"),
            "WATCHDOG_USEC": "400000",
        }
        fds = (self.api.fileno(), self.ingress.fileno())
        self.log = (directory / "log").open("w+b")
        self.daemon = subprocess.Popen(
            [sys.executable, "-c", STARTER, *map(str, fds)],
            env=environ,
            pass_fds=fds,
            stdout=self.log,
            stderr=self.log,
            cwd=directory,
        )

    def report(self, name: str, seconds: float = 20) -> dict[str, str]:
        """The next datagram that holds the field `name`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.notify.settimeout(left)
            try:
                text = self.notify.recv(4096).decode()
            except TimeoutError:
                break
            fields = dict(line.split("=", 1) for line in text.split("\n"))
            if name in fields:
                return fields
        self.log.seek(0)
        raise AssertionError(f"no {name} within {seconds} s: {self.log.read().decode()[-3000:]}")

    def close(self) -> None:
        if self.daemon.poll() is None:
            self.daemon.kill()
        self.daemon.wait(10)
        for one in (self.api, self.ingress, self.notify, self.log):
            one.close()


@pytest.fixture
def manager() -> Iterator[Manager]:
    with tempfile.TemporaryDirectory(prefix="s", dir="/tmp") as name:  # a socket's path holds 107 bytes, no more
        manager = Manager(Path(name))
        yield manager
        manager.close()


def test_the_life_of_a_service(manager):
    ready = manager.report("READY")
    assert str(manager.port) in ready["STATUS"]

    answer = request(manager.api_path, "GET", "/v1/info")
    assert answer.status == 200
    assert json.loads(answer.body)["ingress"] == [f"http://127.0.0.1:{manager.port}"]
    with urllib.request.urlopen(f"http://127.0.0.1:{manager.port}/-/ready", timeout=10) as page:
        assert page.status == 200

    assert manager.report("WATCHDOG") == {"WATCHDOG": "1"}
    assert manager.report("WATCHDOG", seconds=2) == {"WATCHDOG": "1"}

    manager.daemon.send_signal(signal.SIGHUP)
    assert int(manager.report("RELOADING")["MONOTONIC_USEC"]) > 0
    assert manager.report("READY")["READY"] == "1"

    manager.daemon.send_signal(signal.SIGTERM)
    assert manager.report("STOPPING")["STOPPING"] == "1"
    assert manager.daemon.wait(15) == 0
    assert os.path.exists(manager.api_path), "a socket of the manager's is not the daemon's to remove"


def test_an_alert_sent_while_the_daemon_is_away_waits_in_the_socket(manager):
    """Nobody accepts yet; the connection is queued by the kernel, and answered once the daemon is up."""
    body = json.dumps([{"labels": {"alertname": "Early"}}]).encode()
    call = urllib.request.Request(
        f"http://127.0.0.1:{manager.port}/api/v2/alerts", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(call, timeout=30) as answer:
        assert answer.status == 200
    listed = json.loads(request(manager.api_path, "GET", "/v1/alerts").body)
    assert [alert["name"] for alert in listed["alerts"]] == ["Early"]
