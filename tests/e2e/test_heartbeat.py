"""Heartbeats as jobs use them: curl pings a real daemon, which dies in between, or is one of two on a database."""

from __future__ import annotations

import subprocess

import pytest

pytestmark = pytest.mark.e2e

KEY = "0123456789abcdef0123456789abcdef"
UUID = "5d9f1c1e-6c0b-4d0a-9a8e-0f6f3d7c2b11"
HEARTBEAT = """
[sources.heartbeat]
type = "heartbeat"
ping_key = {{ env = "PING_KEY" }}
settle = "1s"
[sources.heartbeat.checks.backup]
period = "{period}"
grace = "{grace}"
uuid = "{uuid}"
"""

STORAGE_AND_HOOK = """
[storage]
url = {{ env = "DATABASE_URL" }}
[notifiers.hook]
type = "webhook"
url = "{url}/page"
"""
ADA_BY_HOOK = """
[people.ada]
contacts = [{ notifier = "hook" }]
[policies.default]
steps = [{ targets = ["person:ada"] }]
"""


@pytest.fixture
def curl(needs):
    """Start a ping of a job, as the documentation has it: it tries again for as long as nobody answers."""
    program = needs("curl")

    def start(daemon, path: str, *options: str) -> subprocess.Popen[str]:
        retry = ("--max-time", "10", "--retry", "20", "--retry-connrefused", "--retry-delay", "1")
        command = [program, "-fsS", *retry, *options, f"http://127.0.0.1:{daemon.port}/ping/{path}"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


def answer(pinging: subprocess.Popen[str]) -> str:
    out, error = pinging.communicate(timeout=60)
    assert pinging.returncode == 0, error
    return out


def outcomes(daemon, name: str) -> list[str]:
    return [one["outcome"] for one in daemon.get(f"/v1/checks/{name}")["recent"]]


def test_a_job_that_pings_while_the_daemon_is_killed_is_heard_and_paged_for_once(running, make_daemon, curl):
    main = HEARTBEAT.format(period="1h", grace="10m", uuid=UUID)
    daemon = make_daemon(main=main, env={"PING_KEY": KEY}).start()
    assert answer(curl(daemon, UUID)) == "OK"
    assert answer(curl(daemon, f"{KEY}/nightly?create=1")) == "Created"
    assert answer(curl(daemon, f"{UUID}/start")) == "OK"
    daemon.kill()
    failing = curl(daemon, f"{UUID}/3", "--data-raw", "disk full")
    made = curl(daemon, f"{KEY}/nightly/fail")
    daemon.start()
    assert (answer(failing), answer(made)) == ("OK", "OK")
    assert outcomes(daemon, "backup") == ["exit 3", "start", "success"], "what was answered before the kill is there"

    both = {"backup is down: the job ended with exit status 3", "nightly is down: the job said that it failed"}
    running.eventually(lambda: {one["summary"] for one in daemon.alerts()} == both, "both are down")
    running.eventually(lambda: all(one["page_id"] for one in daemon.alerts()), "somebody is paged for both")
    assert daemon.get("/v1/pages", state="all")["total"] == 1, "they are one group"

    assert answer(curl(daemon, UUID)) == "OK"
    assert daemon.ctl("heartbeat", "delete", "nightly").returncode == 0
    running.eventually(lambda: not daemon.alerts(status="firing"), "the one is up again, the other is gone")
    assert [one["name"] for one in daemon.get("/v1/checks", kind="heartbeat")["checks"]] == ["backup"]


def test_a_late_job_is_one_alert_and_one_page_of_two_daemons(running, make_daemon, curl, recorder, empty_database_url):
    main = HEARTBEAT.format(period="3s", grace="2s", uuid=UUID) + STORAGE_AND_HOOK.format(url=recorder.url)
    nodes = [
        make_daemon(
            main=f'[daemon]\nnode = "{name}"\n{main}',
            roster=ADA_BY_HOOK,
            env={"PING_KEY": KEY, "DATABASE_URL": empty_database_url},
        )
        for name in ("one", "two")
    ]
    for node in nodes:
        node.start()
    assert answer(curl(nodes[0], UUID)) == "OK"
    assert outcomes(nodes[1], "backup") == ["success"], "either node knows of a ping"
    running.eventually(nodes[1].alerts, "it is late")
    running.eventually(lambda: recorder.requests, "somebody is paged")
    for node in nodes:
        (alert,) = node.alerts()
        assert alert["name"] == "HeartbeatDown"
    nodes[0].kill()
    assert answer(curl(nodes[1], UUID)) == "OK"
    running.eventually(lambda: not nodes[1].alerts(status="firing"), "the one that is left hears it")
    assert nodes[1].get("/v1/pages", state="all")["total"] == 1


@pytest.fixture
def engine_name() -> str:
    """What the outer conftest makes the database of the two on."""
    return "postgresql"
