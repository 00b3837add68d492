"""`incidentctl doctor` and `log-level`."""

import json
import os
import subprocess
from datetime import UTC, datetime

import pytest

from incidentd.wire import upkeep

UNTIL = datetime(2026, 3, 14, 10, 0, tzinfo=UTC)
REPORT = upkeep.DoctorReport(
    node="n1",
    version="1.0",
    state="problem",
    findings=(
        upkeep.DoctorFinding(check="clock", state="ok", text="right"),
        upkeep.DoctorFinding(check="disk-space", state="problem", text="3 MiB", means="it ends", remedy="df -h /x"),
    ),
)


@pytest.fixture
def here(monkeypatch):
    """What `incidentd doctor --json` says here."""
    asked = []

    def answer(command, **_):
        asked.append(command[1:])
        found = [
            {"check": "socket", "state": "warning", "text": "nobody listens", "means": "m", "remedy": "r", "code": ""}
        ]
        return subprocess.CompletedProcess(
            command, 0, json.dumps({"state": "warning", "findings": found}).encode(), b""
        )

    monkeypatch.setattr("incidentd.cli.upkeep.subprocess.run", answer)
    return asked


def test_an_administrator_gets_what_the_daemon_sees(api, run, canned, here):
    api.on("GET", "/v1/info", canned.info())
    api.on("GET", "/v1/doctor", REPORT)
    done = run("doctor")
    assert done.code == 1
    assert done.out.splitlines() == [
        "problem  disk-space: 3 MiB", "         it ends", "         → df -h /x", "1 problem, 3 ok; --all shows them",
    ]  # fmt: skip
    assert "ok       clock: right" in run("doctor", "--all").out
    found = json.loads(run("doctor", "--json").out)
    assert (found["state"], found["findings"][-1]["remedy"]) == ("problem", "df -h /x")
    assert here == []


def test_others_look_with_their_own_rights(api, run, canned, here):
    api.on("GET", "/v1/info", canned.info())
    api.refuse("GET", "/v1/doctor", 403)
    done = run("doctor", "--all")
    assert (done.code, "socket: nobody listens" in done.out) == (0, True)
    assert "what it sees of its installation is for administrators" in done.out
    assert here == [["-m", "incidentd", "doctor", "--json"]]


def test_without_a_daemon_it_says_so_and_looks(run, here, tmp_path):
    done = run("--socket", os.fspath(tmp_path / "none.sock"), "--timeout", "0.1", "doctor", "--deep")
    assert (done.code, done.out.startswith("problem  connection: no answer from the daemon")) == (1, True)
    assert here == [["-m", "incidentd", "doctor", "--json", "--deep"]]


def test_the_level_is_shown_set_and_put_back(api, run):
    changed = upkeep.ChangedLevel(logger="incidentd.ingress", level="debug", by="ada", until=UNTIL)
    api.on("GET", "/v1/log-level", upkeep.LogLevel(level="info", configured="info", changed=(changed,)))
    api.on("POST", "/v1/log-level", upkeep.LogLevel(level="info", configured="info", changed=(changed,)))
    assert "incidentd.ingress  debug" in run("--utc", "log-level").out
    done = run("--utc", "log-level", "debug", "--for", "5m", "--logger", "incidentd.ingress")
    assert "the level of incidentd.ingress is debug until" in done.out
    api.on("POST", "/v1/log-level", upkeep.LogLevel(level="info", configured="info", changed=()))
    assert run("log-level", "--back").out == "the level is the configured one\n"
    assert run("log-level", "debug", "--back").code == 2
