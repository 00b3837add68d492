"""One walk through a real daemon: from an alert to the timeline of its incident."""

import json
import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from incidentd.cli import ctl


@pytest.fixture
def places():
    """Directories with short names, for a socket's path is short, and a configuration."""
    with tempfile.TemporaryDirectory(prefix="ictl-") as name:
        directory = Path(name)
        for place in ("config", "state", "runtime"):
            (directory / place).mkdir(mode=0o700)
        me = {"name": "Me", "os_user": pwd.getpwuid(os.getuid()).pw_name, "contacts": [{"notifier": "pages"}]}
        files: dict[str, dict[str, Any]] = {
            "incidentd.toml": {
                "daemon": {"state_dir": f"{name}/state", "runtime_dir": f"{name}/runtime"},
                "ingress": {"listen": ["127.0.0.1:0"]},
                "notifiers": {"pages": {"type": "log", "path": f"{name}/pages.jsonl"}},
            },
            "roster.toml": {
                "people": {"me": me, "lin": {"name": "Lin", "contacts": [{"notifier": "pages"}]}},
                "teams": {"platform": {"members": ["me", "lin"]}},
                "services": {"shop": {"team": "platform", "policy": "platform"}},
                "policies": {
                    "platform": {"steps": [{"targets": ["person:me"], "delay": "30m"}]},
                    "default": {"steps": [{"targets": ["person:lin"]}]},
                },
            },
            "process.toml": {"route": {"group_wait": "0s"}},
        }
        for file, data in files.items():
            (directory / "config" / file).write_text(tomli_w.dumps(data), encoding="utf-8")
        yield directory


class Daemon:
    """`incidentd serve` as a process."""

    def __init__(self, places: Path) -> None:
        self.socket = str(places / "runtime" / "api.sock")
        self._places = places
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = {"PATH": os.environ["PATH"], "HOME": str(self._places), "TZ": "UTC",
               "INCIDENTD_CONFIG_DIR": str(self._places / "config")}  # fmt: skip
        with (self._places / "log").open("ab") as log:
            command = [sys.executable, "-m", "incidentd", "serve"]
            self._process = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)


@pytest.fixture
def daemon(places):
    running = Daemon(places)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def walk(daemon, capsys):
    """Run a command that must work; what it printed, as text or, with --json, as a document."""

    def incidentctl(line, *words):
        code = ctl.run(["--socket", daemon.socket, "--timeout", "30", *line.split(), *words])
        out, err = capsys.readouterr()
        assert code == 0, err
        return json.loads(out) if "--json" in line else out

    return incidentctl


def until(question, wanted):
    end = time.monotonic() + 30
    while not wanted(found := question()):
        assert time.monotonic() < end, found
        time.sleep(0.05)
    return found


def test_from_an_alert_to_the_timeline(walk, daemon):
    assert walk("info --json")["person"] == "me"
    sent = walk("alert send DiskFull --severity critical --label service=shop --summary", "92 % \x1b[2J full")
    assert sent.startswith("taken, key ")
    listed = until(lambda: walk("alert list service=shop"), lambda text: "P-1 open" in text)
    assert "A-1  firing  critical  shop" in listed
    assert "DiskFull: 92 % ␛[2J full" in listed

    trace = until(lambda: walk("alert trace A-1"), lambda text: "was sent" in text)
    assert trace.splitlines()[0] == "me was paged; nobody has acknowledged yet."
    assert "incidentctl page ack P-1 stops it." in trace

    assert walk("page ack P-1 --note", "on it") == "P-1 acknowledged by me\n"
    assert "acknowledged by api" in walk("alert trace A-1").splitlines()[0]

    daemon.stop()
    daemon.start()  # what follows is answered by another process, from what is stored

    declared = walk("incident declare --severity SEV2 --service shop --alert A-1 --started-at=-20m", "Disk is full")
    assert declared.startswith("INC-1 declared as SEV2\n")
    assert walk("incident role INC-1 mitigation-lead lin").startswith("INC-1 mitigation lead: lin\n")
    assert walk("incident note INC-1 --at=-5m --pin", "The nightly job wrote logs") == "INC-1 note written\n"
    assert walk("incident update INC-1 --phase investigating --next-in 15m", "We look").startswith(
        "INC-1 update to internal: the next one is due by "
    )
    assert walk("incident status INC-1 mitigated --evidence", "93 % is 40 % now").startswith("INC-1 is mitigated\n")

    shown = walk("incident show INC-1")
    assert shown.startswith("INC-1 SEV2 mitigated  Disk is full\n")
    assert "mitigation lead  lin" in shown
    timeline = walk("incident timeline INC-1")
    told = ["★ The nightly job wrote logs", "DiskFull fires", "Step 1 of 1: me", "Declared as SEV2: Disk is full",
            "lin is mitigation lead", "investigating to internal: We look", "active → mitigated"]  # fmt: skip
    found = [timeline.find(text) for text in told]
    assert -1 not in found, timeline
    assert found == sorted(found)
    assert "evidence: 93 % is 40 % now" in timeline
    kinds = [entry["kind"] for entry in walk("incident timeline INC-1 --json")["entries"]]
    assert {"alert", "page", "ack", "status", "role", "note", "update"} <= set(kinds)

    walk("incident declare --severity SEV5", "The badge is grey")
    walk("incident status INC-2 resolved --evidence green")
    assert walk("review start INC-2").startswith("INC-2 is at Ground rules (")
    walk("review next INC-2")
    assert walk("review walk INC-2").startswith("INC-2: 1 moment ahead\n")
    assert walk("review walk INC-2").startswith("INC-2: that was the last moment\n")
    assert walk("review talk INC-2", "It was always grey") == "Incident Review of INC-2: written down\n"
    shown = walk("review show INC-2")
    assert "● Walk the timeline" in shown
    assert "me: It was always grey" in shown
    assert walk("review finish INC-2").startswith("The Incident Review of INC-2 was held")
    assert "INC-2  SEV5      written" in walk("review list")
