"""PostgreSQL as the database: the same journey, and two daemons that share one."""

from __future__ import annotations

import collections
import contextlib
import http.client
import json
import threading
from datetime import UTC, datetime

import pytest

from incidentd import unixsocket

pytestmark = pytest.mark.e2e

MAIN = """
public_url = "http://incidents.example.org"
[daemon]
node = "{node}"
[storage]
url = {{ env = "DATABASE_URL" }}
[notifiers.hook]
type = "webhook"
url = "{hook}"
"""
ROSTER = """
[people.ada]
os_user = "{user}"
contacts = [{{ notifier = "hook" }}]
[policies.default]
steps = [{{ targets = ["person:ada"], delay = "10m" }}]
"""
PROCESS = '[limits]\nusual = []\n[route]\ngroup_wait = "0s"\ngroup_interval = "1s"\ngroup_by = ["..."]\n'


@pytest.fixture
def engine_name() -> str:
    """What the outer conftest makes the test's database on."""
    return "postgresql"


@pytest.fixture
def node(running, make_daemon, recorder, empty_database_url):
    """Make a daemon, one of several nodes, on the test's PostgreSQL database."""

    def make(name: str):
        return make_daemon(
            main=MAIN.format(node=name, hook=f"{recorder.url}/page"),
            roster=ROSTER.format(user=running.ACTING_USER),
            process=PROCESS,
            env={"DATABASE_URL": empty_database_url},
        )

    return make


def sent(recorder, kind: str) -> list[dict]:
    messages = [json.loads(request.body) for request in recorder.requests]
    return [message for message in messages if message["kind"] == kind]


def test_from_alert_to_acknowledged_page_and_across_a_kill(running, node, recorder):
    daemon = node("one").start()
    assert daemon.get("/v1/info")["engine"] == "postgresql"
    daemon.fire("DiskFull", severity="critical", service="checkout")
    (page,) = running.eventually(lambda: sent(recorder, "page"), "the page is sent")
    running.eventually(
        lambda: [one["state"] for one in daemon.page_of("DiskFull")["deliveries"]] == ["sent"], "and that is known"
    )
    link = page["acknowledge_url"].removeprefix("http://incidents.example.org")

    daemon.kill()
    daemon.start()
    assert daemon.http("POST", link).status == 200, "a link lives longer than the daemon that signed it"
    assert daemon.page_of("DiskFull")["page"]["acknowledged_by"] == "ada"
    labels = {"alertname": "DiskFull", "severity": "critical", "service": "checkout"}
    answer = daemon.post("/api/v2/alerts", [{"labels": labels, "endsAt": datetime.now(UTC).isoformat()}])
    assert answer.status == 200
    running.eventually(lambda: sent(recorder, "resolved"), "the end is told")
    assert daemon.trace("DiskFull")["verdict"] == "ada was paged; ada acknowledged by link."
    assert len(recorder.requests) == 2
    assert daemon.terminate() == 0


def test_two_daemons_share_the_work_and_each_sees_all_of_it(running, node, recorder):
    first, second = node("one"), node("two")
    for daemon in (first, second):
        daemon.launch()  # both at once, on a database without a table
    for daemon in (first, second):
        daemon.running.wait_for(daemon.answers, "answers")

    kinds: list[str] = []

    def follow() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            kinds.extend(frame.event for frame in unixsocket.stream_events(second.socket_path, 0))

    follower = threading.Thread(target=follow)
    follower.start()
    try:
        for number in range(40):
            (first, second)[number % 2].fire(f"Disk{number}")
        running.eventually(lambda: len(sent(recorder, "page")) == 40, "every alert is paged")
        for daemon in (first, second):
            running.eventually(lambda daemon=daemon: not daemon.get("/v1/health")["deliveries_waiting"], "all is sent")
        times = collections.Counter(message["title"] for message in sent(recorder, "page"))
        assert set(times.values()) == {1}, "each page is delivered once"
        assert len(times) == 40
        running.eventually(lambda: kinds.count("page.started") == 40, "the stream of either node tells of all of it")
        for one in (first, second):
            assert len(one.alerts()) == 40
            assert one.get("/v1/pages", limit=1000)["total"] == 40

        page_id = first.alert("Disk0")["page_id"]
        first.ask("POST", f"/v1/pages/{page_id}/acknowledge", {})
        assert second.page_of("Disk0")["page"]["acknowledged_by"] == "ada"

        nodes = second.get("/v1/nodes")
        assert {one["name"]: (one["state"], one["here"]) for one in nodes["nodes"]} == {
            "one": ("up", False),
            "two": ("up", True),
        }
        assert (nodes["problems"], nodes["note"]) == ([], "")
        running.eventually(
            lambda: [len(one["addresses"]) for one in second.get("/v1/nodes")["nodes"]] == [1, 1], "where they listen"
        )

        assert second.get("/v1/process")["current"]["name"] == "V-1", "both files say the same"
        edited = {"name": "process.toml", "text": PROCESS + "[review]\nname = 'Look back'\n"}
        body = {"file": edited, "reason": "our own words", "adopt": True}
        assert first.ask("POST", "/v1/process/versions", body)["name"] == "V-2"
        running.eventually(
            lambda: second.get("/v1/info")["review_name"] == "Look back", "a node takes up what another adopts"
        )

        first.kill()
        second.fire("AfterTheKill")
        running.eventually(lambda: len(sent(recorder, "page")) == 41, "the one that is left goes on")
    finally:
        second.terminate()
        follower.join(10)
    assert not follower.is_alive()
