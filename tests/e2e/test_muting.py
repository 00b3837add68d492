"""A muted route through the daemon: configuration, senders, command line, reload."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.e2e
QUICK = """
[route]
group_wait = "0s"
group_interval = "1s"
"""
MUTED = f"""
[time_intervals.frozen]
years = ["2020:2199"]
{QUICK}
[[route.routes]]
name = "shop"
match = ["service=shop"]
mute_time_intervals = ["frozen"]
"""


def test_a_mute_is_shown_everywhere_and_a_reload_that_deletes_it_pages_at_once(daemon, running):
    daemon.write("process.toml", MUTED)
    assert daemon.ctl("reload").returncode == 0
    daemon.fire("DiskFull", service="shop")
    alert = running.eventually(
        lambda: (daemon.alert("DiskFull") or {}).get("hidden_by") and daemon.alert("DiskFull"), "muted"
    )
    assert [reason["text"] for reason in alert["hidden_by"]] == ["muted by interval frozen without an end in sight"]
    running.eventually(lambda: "muted by interval frozen" in daemon.trace("DiskFull")["verdict"], "the trace says so")
    assert daemon.page_of("DiskFull") is None
    assert "muted" in daemon.ctl("alert", "list").stdout
    assert "Now muted by interval frozen" in daemon.ctl("route", "test", "service=shop").stdout
    groups = json.loads(daemon.http("GET", "/api/v2/alerts/groups").body)
    assert [one["status"]["mutedBy"] for group in groups for one in group["alerts"]] == [["frozen"]]

    daemon.write("process.toml", QUICK)
    assert daemon.ctl("reload").returncode == 0
    page = running.eventually(lambda: daemon.page_of("DiskFull"), "what still fires is told at once")
    acknowledged = daemon.ctl("page", "ack", f"P-{page['page']['id']}", "--for", "1s")
    assert acknowledged.returncode == 0, acknowledged.stderr
    assert " until " in acknowledged.stdout
    running.eventually(lambda: daemon.page_of("DiskFull")["page"]["state"] == "open", "the acknowledgement runs out")
    assert "has run out" in daemon.ctl("alert", "trace", f"A-{alert['id']}").stdout
