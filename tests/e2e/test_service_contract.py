"""What systemd and an operator rely on: passed sockets, sd_notify, reload, one instance, an orderly end."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import stat
import threading

import pytest

from incidentd import unixsocket

pytestmark = pytest.mark.e2e

# LISTEN_PID must be the daemon's own: the shell takes its number before it becomes the daemon.
PASS_SOCKETS = ["sh", "-c", 'LISTEN_PID=$$; export LISTEN_PID; exec "$@"', "sh"]


class ServiceManager:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        self._socket.settimeout(0.05)
        self._told: list[dict[str, str]] = []

    def close(self) -> None:
        self._socket.close()

    def told(self) -> list[dict[str, str]]:
        """Every message so far, as fields."""
        while True:
            try:
                text = self._socket.recv(65536).decode()
            except TimeoutError:
                return self._told
            self._told.append(dict(line.split("=", 1) for line in text.splitlines()))

    def heard(self, field: str) -> int:
        return sum(field in message for message in self.told())


@pytest.fixture
def manager(stack, tmp_path):
    manager = ServiceManager(str(tmp_path / "notify"))
    stack.callback(manager.close)
    return manager


@pytest.fixture
def passed(running, make_daemon, stack):
    """Start a daemon that gets two listening sockets as descriptors 3 and 4, as systemd passes them."""

    def start(names: str, *, api: socket.socket, ingress: socket.socket, **env: str):
        daemon = make_daemon(port=ingress.getsockname()[1], env={"LISTEN_FDS": "2", "LISTEN_FDNAMES": names, **env})
        ours = [os.dup(api.fileno()), os.dup(ingress.fileno())]

        def arrange() -> None:
            os.dup2(ours[0], 100)  # first out of the way of 3 and 4
            os.dup2(ours[1], 101)
            os.dup2(100, 3)
            os.dup2(101, 4)

        daemon.launch(PASS_SOCKETS, preexec_fn=arrange, close_fds=False)
        for fd in ours:
            os.close(fd)
        return daemon

    return start


def unix_listener(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(16)
    return listener


def tcp_listener() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.listen(16)
    return listener


def test_passed_sockets_are_used_and_senders_wait_for_the_start(running, stack, passed, tmp_path):
    path = str(tmp_path / "activated.sock")
    api = stack.enter_context(unix_listener(path))
    ingress = stack.enter_context(tcp_listener())
    port = ingress.getsockname()[1]

    # Nothing runs yet: the alert waits in the queue of the listening socket.
    waiting: list[int] = []
    body = json.dumps([{"labels": {"alertname": "Early"}}]).encode()
    sender = threading.Thread(
        target=lambda: waiting.append(running.http_exchange(port, "POST", "/api/v2/alerts", body).status)
    )
    sender.start()
    daemon = passed("api:ingress", api=api, ingress=ingress)
    daemon.socket_path = path
    sender.join(30)
    assert waiting == [200]
    daemon.running.wait_for(daemon.answers, "answers on the passed socket")
    assert [one["name"] for one in daemon.alerts()] == ["Early"]
    assert not (daemon.home / "run" / "api.sock").exists(), "it opens no socket of its own"
    assert daemon.get("/v1/info")["ingress"] == [f"http://127.0.0.1:{port}"]
    assert daemon.terminate() == 0
    assert stat.S_ISSOCK(os.stat(path).st_mode), "systemd's socket stays"


def test_contradicting_activation_is_refused_with_a_reason(stack, passed, tmp_path):
    api = stack.enter_context(unix_listener(str(tmp_path / "activated.sock")))
    ingress = stack.enter_context(tcp_listener())
    daemon = passed("api", api=api, ingress=ingress)
    assert daemon.running.wait() == 69
    assert "LISTEN_FDNAMES names 1 descriptors, LISTEN_FDS says 2" in daemon.running.said()


def test_the_service_manager_hears_ready_reloading_watchdog_and_stopping(running, make_daemon, manager):
    daemon = make_daemon(env={"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "1000000"})
    daemon.launch()
    running.eventually(lambda: manager.heard("READY"), "READY=1")
    assert daemon.answers(), "READY means that it answers"
    ready = next(message for message in manager.told() if "READY" in message)
    assert f"127.0.0.1:{daemon.port}" in ready["STATUS"]
    running.eventually(lambda: manager.heard("WATCHDOG") >= 3, "the watchdog is kicked", 5)

    daemon.running.signal(signal.SIGHUP)
    running.eventually(lambda: manager.heard("RELOADING") and manager.heard("READY") == 2, "RELOADING, then READY")
    told = manager.told()
    reloading = next(message for message in told if "RELOADING" in message)
    assert int(reloading["MONOTONIC_USEC"]) > 0
    assert not manager.heard("STOPPING")
    assert daemon.terminate() == 0
    assert manager.heard("STOPPING") == 1


def test_a_reload_asked_for_during_the_start_is_done_after_it(running, make_daemon):
    daemon = make_daemon()
    daemon.launch()
    lock = daemon.home / "state" / "lock"
    running.eventually(lock.exists, "it starts", every=0.001)
    daemon.running.signal(signal.SIGHUP)
    daemon.running.wait_for(daemon.answers, "answers: the signal did not end it")
    running.eventually(lambda: daemon.logged("reloaded"), "the reload is done")


def test_a_faulty_file_changes_nothing_and_is_shown_until_it_is_mended(running, make_daemon):
    daemon = make_daemon().start()
    before = daemon.get("/v1/people")
    good = (daemon.config / "roster.toml").read_text()
    daemon.write("roster.toml", good + '\n[people.grace]\ncontacts = [{ notifer = "log" }]\n')
    (daemon.config / "process.toml").write_text('[route]\ngroup_wait = "soon"\n')
    daemon.running.signal(signal.SIGHUP)
    problems = running.eventually(lambda: daemon.get("/v1/health")["problems"], "the faults are shown")
    assert any("roster.toml" in one and "notifer" in one for one in problems), problems
    assert any("process.toml:2" in one for one in problems), problems
    assert daemon.get("/v1/people") == before
    daemon.fire("StillPaged")
    running.eventually(lambda: daemon.page_of("StillPaged"), "it goes on with the old configuration")

    daemon.write("roster.toml", good + '\n[people.grace]\ncontacts = [{ notifier = "log" }]\n')
    daemon.write("process.toml", running.QUICK_PROCESS)
    daemon.running.signal(signal.SIGHUP)
    running.eventually(lambda: daemon.get("/v1/health")["status"] == "ok", "mended")
    assert {one["handle"] for one in daemon.get("/v1/people")["people"]} == {"ada", "grace"}
    daemon.fire("AfterReload")
    running.eventually(lambda: daemon.page_of("AfterReload"), "and goes on working")


def test_a_second_daemon_is_refused_and_told_who_is_there(running, make_daemon, run_program):
    daemon = make_daemon().start()
    second = make_daemon()
    second.env["STATE_DIRECTORY"] = daemon.env["STATE_DIRECTORY"]
    assert second.launch().wait() == 75
    assert f"another incidentd (pid {daemon.running.pid}) uses " in second.running.said()
    third = make_daemon()
    third.env["RUNTIME_DIRECTORY"] = daemon.env["RUNTIME_DIRECTORY"]
    assert third.launch().wait() == 75
    assert "another daemon listens there" in third.running.said()
    fourth = make_daemon(port=daemon.port)
    assert fourth.launch().wait() == 75
    assert re.search(rf"cannot listen on 127\.0\.0\.1:{daemon.port}: .*in use", fourth.running.said())
    for other in (second, third, fourth):
        assert "Traceback" not in other.running.said()
    assert daemon.answers(), "the first one is not disturbed"


def test_faults_of_all_files_are_listed_and_nothing_starts(make_daemon):
    daemon = make_daemon(main="[daemon]\nlog_levle = 'info'\n", roster="[people.ada]\nzone = 'Europe/Lodnon'\n")
    assert daemon.launch().wait() == 78
    said = daemon.running.said()
    assert "incidentd.toml:4" in said
    assert "log_level" in said
    assert "roster.toml:2" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_seconds_while_streams_are_open(running, loopback, daemon, number):
    daemon.fire("DiskFull")
    running.eventually(lambda: daemon.page_of("DiskFull"), "something happened")
    seen: list[list[str]] = [[], []]
    faults: list[BaseException] = []

    def follow(into: list[str]) -> None:
        try:
            into.extend(frame.event for frame in unixsocket.stream_events(daemon.socket_path, 0))
        except (OSError, http.client.HTTPException) as error:
            faults.append(error)

    followers = [threading.Thread(target=follow, args=(into,)) for into in seen]
    for follower in followers:
        follower.start()
    idle = socket.create_connection(("127.0.0.1", daemon.port))  # a client that keeps its connection open
    running.eventually(lambda: all("page.started" in into for into in seen), "both streams are live")
    watch = loopback.Stopwatch()
    daemon.running.signal(number)
    assert daemon.running.wait() == 0
    assert watch.seconds < 6
    for follower in followers:
        follower.join(5)
        assert not follower.is_alive()
    idle.close()
    assert faults == [], "the streams were ended, not broken off"
    assert daemon.logged("stopped")
    assert not os.path.exists(daemon.socket_path)


def test_pages_go_out_and_alerts_come_in_while_it_reloads(running, make_daemon, recorder):
    main = f'[notifiers.hook]\ntype = "webhook"\nurl = "{recorder.url}"\n'
    roster = running.ADA_BY_LOG.replace('"log"', '"hook"')
    process = '[limits]\nusual = []\n[route]\ngroup_wait = "0s"\ngroup_by = ["..."]\n'
    daemon = make_daemon(main=main, roster=roster, process=process).start()
    for number in range(60):
        if number % 10 == 0:
            daemon.running.signal(signal.SIGHUP)
        daemon.fire(f"Disk{number}")  # answered 200, or this fails
    running.eventually(lambda: len(recorder.requests) >= 60, "every page is sent")
    running.eventually(lambda: not daemon.get("/v1/health")["deliveries_waiting"], "nothing is left")
    health = daemon.get("/v1/health")
    assert (health["deliveries_failed_24h"], health["status"]) == (0, "ok"), health["problems"]
    assert len({json.loads(request.body)["title"] for request in recorder.requests}) == 60
    assert daemon.logged("reloaded")
