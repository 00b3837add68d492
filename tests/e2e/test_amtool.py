"""A real amtool reads incidentd as if it were an Alertmanager."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.e2e


@pytest.fixture
def amtool(needs, daemon, tmp_path):
    """Run amtool against the daemon, with no configuration of this machine's user."""
    binary = needs("amtool")

    def run(*arguments: str, port: int | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [binary, f"--alertmanager.url=http://127.0.0.1:{port or daemon.port}", *arguments],
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    return run


def test_alert_query_gives_the_alerts_as_json(daemon, amtool):
    daemon.fire("DiskFull", severity="critical", service="checkout")
    daemon.fire("DiskSlow", severity="warning")
    done = amtool("alert", "query", "-o", "json")
    assert done.returncode == 0, done.stderr
    alerts = {one["labels"]["alertname"]: one for one in json.loads(done.stdout)}
    assert set(alerts) == {"DiskFull", "DiskSlow"}
    assert alerts["DiskFull"]["status"]["state"] == "active"
    assert alerts["DiskFull"]["labels"] == {"alertname": "DiskFull", "severity": "critical", "service": "checkout"}

    only = amtool("alert", "query", "-o", "json", "severity=~crit.*")
    assert [one["labels"]["alertname"] for one in json.loads(only.stdout)] == ["DiskFull"]
    table = amtool("alert", "query")
    assert table.returncode == 0
    assert "DiskSlow" in table.stdout


def test_alert_add_sends_and_an_end_in_the_past_resolves(daemon, amtool):
    added = amtool("alert", "add", "alertname=FromAmtool", "severity=warning", "--annotation=summary=by hand")
    assert added.returncode == 0, added.stderr
    assert daemon.alert("FromAmtool")["summary"] == "by hand"
    assert daemon.alert("FromAmtool")["status"] == "firing"
    ended = amtool("alert", "add", "alertname=FromAmtool", "severity=warning", f"--end={datetime.now(UTC).isoformat()}")
    assert ended.returncode == 0, ended.stderr
    assert daemon.alert("FromAmtool")["status"] == "resolved"


def test_config_status_and_groups_are_readable(daemon, amtool):
    daemon.fire("DiskFull", service="checkout")
    shown = amtool("config", "show")
    assert shown.returncode == 0, shown.stderr
    silences = amtool("silence", "query", "-o", "json")
    assert silences.returncode == 0, silences.stderr
    assert json.loads(silences.stdout) == []
    status = daemon.http("GET", "/api/v2/status").json()
    assert status["versionInfo"]["version"]
    assert status["cluster"]["status"]
    groups = daemon.http("GET", "/api/v2/alerts/groups").json()
    assert [alert["labels"]["alertname"] for group in groups for alert in group["alerts"]] == ["DiskFull"]
    assert daemon.http("GET", "/api/v2/receivers").json() == [{"name": "checkout"}, {"name": "default"}]


def test_silences_from_beginning_to_end(daemon, amtool):
    daemon.fire("DiskFull", severity="critical", service="checkout")
    daemon.fire("DiskSlow", severity="warning")

    def shown(*flags: str) -> set[str]:
        done = amtool("alert", "query", "-o", "json", *flags)
        assert done.returncode == 0, done.stderr
        return {one["labels"]["alertname"] for one in json.loads(done.stdout)}

    added = amtool("silence", "add", "alertname=~Disk.*", "severity=critical", "--comment=swap", "--author=ada")
    assert added.returncode == 0, added.stderr
    silence_id = added.stdout.strip()
    (silence,) = json.loads(amtool("silence", "query", "-o", "json").stdout)
    assert (silence["id"], silence["status"]["state"], silence["comment"]) == (silence_id, "active", "swap")
    assert shown() == {"DiskSlow"}
    assert shown("--silenced") == {"DiskFull"}
    full = next(one for one in daemon.http("GET", "/api/v2/alerts").json() if one["labels"]["alertname"] == "DiskFull")
    assert full["status"]["state"] == "suppressed"
    assert full["status"]["silencedBy"] == [silence_id]

    longer = amtool("silence", "update", "--duration=5h", "--comment=longer", silence_id)
    assert longer.returncode == 0, longer.stderr
    (silence,) = json.loads(amtool("silence", "query", "-o", "json").stdout)
    assert silence["comment"] == "longer"
    ended = amtool("silence", "expire", silence["id"])
    assert ended.returncode == 0, ended.stderr
    assert json.loads(amtool("silence", "query", "-o", "json").stdout) == []
    assert silence_id in {one["id"] for one in json.loads(amtool("silence", "query", "--expired", "-o", "json").stdout)}
    assert shown() == {"DiskFull", "DiskSlow"}


def test_faults_end_with_a_message_and_a_failure_code(running, daemon, amtool):
    refused = amtool("silence", "add", "alertname=~.*", "--comment=no", "--author=ada", "--duration=1h")
    assert refused.returncode != 0
    assert refused.stderr.strip()
    unknown = amtool("silence", "expire", "5ace5ace-0000-4000-8000-000000000001")
    assert unknown.returncode != 0
    nobody = amtool("alert", "query", port=running.free_port())
    assert nobody.returncode != 0
    assert daemon.answers()


def test_an_occurrence_of_a_recurring_silence_is_a_silence_to_amtool(daemon, amtool):
    daemon.fire("DiskFull", service="checkout")
    every = ("--every", "daily 00:00-24:00", "--zone", "Europe/London")
    made = daemon.ctl("silence", "add", "alertname=DiskFull", "-c", "backup", *every)
    assert made.returncode == 0, made.stderr
    now, later = json.loads(amtool("silence", "query", "-o", "json").stdout)
    assert [one["status"]["state"] for one in (now, later)] == ["active", "pending"]
    assert (now["comment"], now["endsAt"]) == ("backup", later["startsAt"])
    shown = json.loads(amtool("alert", "query", "--silenced", "-o", "json").stdout)
    assert [one["status"]["silencedBy"] for one in shown] == [[now["id"]]]

    ended = amtool("silence", "expire", now["id"])
    assert ended.returncode == 0, ended.stderr
    assert [one["id"] for one in json.loads(amtool("silence", "query", "-o", "json").stdout)] == [later["id"]]
    assert daemon.ctl("recurring", "end", "R-1").returncode == 0
    assert json.loads(amtool("silence", "query", "-o", "json").stdout) == []


def test_an_alert_in_maintenance_is_suppressed(daemon, amtool):
    daemon.fire("DiskFull", service="checkout")
    assert daemon.alert("DiskFull") is not None
    made = daemon.ctl("maintenance", "add", "checkout", "-c", "new disk", "--for", "1h")
    assert made.returncode == 0, made.stderr
    (alert,) = json.loads(amtool("alert", "query", "-o", "json").stdout)
    assert alert["status"]["state"] == "suppressed"
    (alert,) = daemon.http("GET", "/api/v2/alerts").json()  # amtool leaves out who mutes it
    assert alert["status"]["mutedBy"] == ["M-1"]
    assert daemon.http("GET", "/api/v2/alerts?muted=false").json() == []
