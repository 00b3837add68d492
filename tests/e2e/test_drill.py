"""A drill through the real daemon, while the real world goes on: only those who take part hear of it."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.e2e

SCENARIO = """
title = "The disk fills"
day = 2025-01-01
customers = "internal_team"
service = "shop"
severity = "SEV2"
severity_reason = "writes fail"
[[event]]
at = "10:00"
kind = "alert"
text = "Disk is full"
labels = { alertname = "disk", severity = "critical" }
[[event]]
at = "10:20"
kind = "observation"
text = "A log file grows"
[[event]]
at = "10:40"
kind = "mitigation"
text = "The log is rotated"
"""
PROCESS = '[route]\ngroup_wait = "1s"\n[limits]\nusual = ["100/1s"]\n'
ROSTER = """
[people.ada]
os_user = "{user}"
contacts = [{{ notifier = "hook" }}]
[people.sam]
contacts = [{{ notifier = "hook" }}]
[policies.default]
steps = [{{ targets = ["person:ada"], delay = "30m" }}]
"""


def test_a_drill_reaches_those_who_take_part_and_leaves_a_real_incident_alone(running, make_daemon, recorder):
    daemon = make_daemon(
        main=f'[notifiers.hook]\ntype = "webhook"\nurl = "{recorder.url}/hook"\n',
        roster=ROSTER.format(user=running.ACTING_USER),
        process=PROCESS,
    ).start()
    scenario = daemon.home / "outage.toml"
    scenario.write_text(SCENARIO)

    def told(person: str, title: str) -> dict:
        """The message to one person whose title has these words, once it is there."""

        def look() -> list[dict]:
            found = [json.loads(request.body) for request in recorder.requests]
            return [one for one in found if one["recipient"] == person and title in one["title"]]

        return running.eventually(look, f"{person} is written to: {title}")[0]

    daemon.fire("disk", service="shop", severity="critical")
    told("ada", "[critical] disk")
    real = daemon.ask("POST", "/v1/incidents", {"title": "The real disk", "alert_ids": [daemon.alerts()[0]["id"]]})

    started = daemon.ctl("drill", "start", "--scenario", str(scenario), "--people", "sam", "--speed", "300")
    assert (started.returncode, started.stdout) == (0, "D-1 runs: DRILL The disk fills, for sam\n"), started.stderr
    assert "D-1 was started by ada for sam" in told("sam", "DRILL D-1 starts: The disk fills")["body"]
    page = told("sam", "DRILL [critical] disk: Disk is full")
    assert page["kind"] == "page"
    assert page["labels"]["drill"] == "D-1"
    assert "stands in for ada" in page["reason"]
    (practised,) = (one for one in daemon.alerts() if one["drill"])
    drill_incident = daemon.ask("POST", "/v1/incidents", {"title": "Disk", "alert_ids": [practised["id"]]})
    assert (drill_incident["title"], drill_incident["drill"]) == ("DRILL Disk", "D-1")
    daemon.kill()
    daemon.start()
    assert daemon.http("POST", page["acknowledge_url"].removeprefix(f"http://127.0.0.1:{daemon.port}")).status == 200

    def position() -> int:
        return daemon.get("/v1/drills/1")["position"]

    running.eventually(lambda: position() == 4, "its steps go on after the kill")
    running.eventually(lambda: daemon.alert("DRILL disk")["status"] == "resolved", "it ends with the mitigation")
    assert daemon.get("/v1/health")["alerts_firing"] == 1, "of the two, one is real"
    assert "A log file grows" in daemon.ctl("incident", "timeline", f"INC-{drill_incident['id']}").stdout
    dashboard = daemon.http("GET", "/api/v2/alerts").json()
    assert {one["labels"].get("drill", "") for one in dashboard} <= {"", "D-1"}

    assert daemon.ctl("drill", "stop", "D-1").stdout == "D-1 is over\n"
    assert "The first page was taken on after" in told("sam", "DRILL D-1 is over: The disk fills")["body"]
    summary = json.loads(daemon.ctl("drill", "show", "D-1", "--json").stdout)["summary"]
    assert (summary["reached"], [one["person"] for one in summary["acknowledged"]]) == (["sam"], ["sam"])
    assert daemon.get(f"/v1/incidents/{drill_incident['id']}")["incident"]["status"] == "closed"

    heard = [json.loads(request.body) for request in recorder.requests]
    assert {one["title"].startswith("DRILL") for one in heard if one["recipient"] == "sam"} == {True}
    assert {one["title"].startswith("DRILL") for one in heard if one["recipient"] == "ada"} == {False}
    (fired,) = daemon.alerts(status="firing")
    assert (fired["name"], fired["drill"]) == ("disk", "")
    assert daemon.page_of("disk")["page"]["state"] == "open"
    assert daemon.get(f"/v1/incidents/{real['id']}")["incident"]["status"] == real["status"]
