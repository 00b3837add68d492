"""The service manager's side is played by real sockets: a datagram socket, and descriptors passed to a child."""

import os
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from incidentd.sdnotify import BadActivation, Notifier, listen_sockets


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path, monkeypatch):
    """(NOTIFY_SOCKET, the manager's receiving socket), by a path and by an abstract name."""
    monkeypatch.chdir(tmp_path)  # a short relative path: sun_path holds 107 bytes
    name = "notify.sock" if request.param == "path" else f"@incidentd-test-{uuid.uuid4().hex}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(name.replace("@", "\0"))
        sock.settimeout(5)
        yield name, sock


def fields(sock: socket.socket) -> dict[str, str]:
    return dict(line.split("=", 1) for line in sock.recv(4096).decode().split("\n"))


def test_ready_carries_the_status(manager):
    address, sock = manager
    assert Notifier(address).ready("listening on 127.0.0.1:9095")
    assert fields(sock) == {"READY": "1", "STATUS": "listening on 127.0.0.1:9095"}


def test_reload_stop_watchdog_and_timeout(manager):
    address, sock = manager
    notifier = Notifier(address)
    assert notifier.reloading()
    reloading = fields(sock)
    assert reloading["RELOADING"] == "1"
    assert int(reloading["MONOTONIC_USEC"]) > 0
    assert notifier.stopping()
    assert fields(sock) == {"STOPPING": "1"}
    assert notifier.watchdog()
    assert fields(sock) == {"WATCHDOG": "1"}
    assert notifier.extend_timeout(2.5)
    assert fields(sock) == {"EXTEND_TIMEOUT_USEC": "2500000"}


def test_a_line_break_in_the_status_adds_no_field(manager):
    address, sock = manager
    assert Notifier(address).status("one\nMAINPID=1\r\ntwo \udcff")
    assert fields(sock) == {"STATUS": "one MAINPID=1 two ?"}


def test_without_a_manager_nothing_is_sent():
    notifier = Notifier.from_environment({})
    assert not notifier.enabled
    assert notifier.watchdog_seconds is None
    assert not notifier.ready("x")


def test_a_manager_that_is_gone_stops_nothing(tmp_path):
    notifier = Notifier(str(tmp_path / "gone"))
    assert notifier.enabled
    assert not notifier.ready()


def test_a_manager_that_does_not_read_holds_nobody(manager):
    address, _sock = manager
    notifier = Notifier(address)
    sent = [notifier.status("x" * 1000)]
    while sent[-1] and len(sent) < 10_000:
        sent.append(notifier.status("x" * 1000))
    assert not sent[-1]


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [
        pytest.param("30000000", str(os.getpid()), 30.0, id="this process"),
        ("500000", "", 0.5),
        ("30000000", "1", None),
        ("0", "", None),
        ("", "", None),
        ("soon", "", None),
        ("-5", "", None),
        ("²", "", None),
    ],
)
def test_watchdog_interval(usec, pid, seconds):
    assert Notifier.from_environment({"WATCHDOG_USEC": usec, "WATCHDOG_PID": pid}).watchdog_seconds == seconds


def test_the_environment_is_emptied():
    env = {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1", "PATH": "/bin"}
    Notifier.from_environment(env)
    assert env == {"PATH": "/bin"}
    env = {"LISTEN_FDS": "2", "LISTEN_PID": "1", "LISTEN_FDNAMES": "a:b", "PATH": "/bin"}
    assert listen_sockets(env) == {}
    assert env == {"PATH": "/bin"}


CHILD = """
import os, sys
from incidentd.sdnotify import BadActivation, listen_sockets
env = dict(os.environ, LISTEN_PID=str(os.getpid()))
try:
    found = listen_sockets(env)
except BadActivation as error:
    sys.exit(f"refused: {error}")
for name, socks in found.items():
    print(name, [(s.getsockname(), s.getblocking(), s.get_inheritable()) for s in socks])
"""


def activate(descriptors: list[int], **env: str) -> subprocess.CompletedProcess[str]:
    """Run the child with `descriptors` at 3, 4, ... as systemd does."""
    places = [os.dup(fd) for fd in descriptors]
    source = Path(__file__).parents[2]
    moves = "".join(f"os.dup2({fd}, {100 + i}); " for i, fd in enumerate(places))
    moves += "".join(f"os.dup2({100 + i}, {3 + i}); " for i in range(len(places)))
    starter = f"import os, sys; {moves}os.execv(sys.executable, [sys.executable, '-c', {CHILD!r}])"
    try:
        return subprocess.run(
            [sys.executable, "-c", starter],
            env={**os.environ, "PYTHONPATH": str(source), **env},
            pass_fds=places,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    finally:
        for fd in places:
            os.close(fd)


@pytest.fixture
def listeners():
    socks = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    yield socks
    for sock in socks:
        sock.close()


def test_sockets_are_found_by_name(listeners):
    done = activate([s.fileno() for s in listeners], LISTEN_FDS="3", LISTEN_FDNAMES="api:ingress:ingress")
    a, b, c = (s.getsockname() for s in listeners)
    assert done.stdout.splitlines() == [
        f"api [({a!r}, False, False)]",
        f"ingress [({b!r}, False, False), ({c!r}, False, False)]",
    ], done.stderr


def test_sockets_without_names(listeners):
    done = activate([listeners[0].fileno()], LISTEN_FDS="1")
    assert done.stdout == f"unknown [({listeners[0].getsockname()!r}, False, False)]\n", done.stderr


def test_names_that_do_not_fit_are_refused(listeners):
    done = activate([listeners[0].fileno()], LISTEN_FDS="1", LISTEN_FDNAMES="api:ingress")
    assert done.stderr == "refused: LISTEN_FDNAMES names 2 descriptors, LISTEN_FDS says 1\n"


def test_a_descriptor_that_is_no_socket_is_refused(tmp_path):
    with (tmp_path / "file").open("wb") as file:
        done = activate([file.fileno()], LISTEN_FDS="1", LISTEN_FDNAMES="api")
    assert "refused: descriptor 3 (api) is no socket" in done.stderr


def test_a_count_that_is_no_number_is_refused():
    with pytest.raises(BadActivation, match="no number"):
        listen_sockets({"LISTEN_FDS": "many", "LISTEN_PID": str(os.getpid())})
