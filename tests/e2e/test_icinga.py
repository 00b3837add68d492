"""A real Icinga 2, with the objects of the documentation, notifies incidentd, and while it is down the spool."""

from __future__ import annotations

import getpass
import grp
import os
import re
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
OBJECTS = """
const NodeName = "here"
include <itl>
object CheckerComponent "checker" {{ }}
object NotificationComponent "notification" {{ }}
object ExternalCommandListener "command" {{ command_path = "{home}/cmd" }}
object CheckCommand "file" {{ command = [ "/bin/sh", "{home}/check.sh" ] }}
object Host "db-1" {{ check_command = "dummy" }}
object Service "Disk /var" {{
  host_name = "db-1"
  check_command = "file"
  check_interval = 1s
  retry_interval = 1s
  max_check_attempts = 1
  notes_url = "https://wiki.example/disk"
}}
"""
DIRECTORIES = {"InitRunDir": "run", "DataDir": "data", "LogDir": "log", "CacheDir": "cache", "SpoolDir": "spool"}


def documented(program: Path) -> str:
    """The objects that the documentation tells people to write."""
    text = (ROOT / "docs" / "alert-sources.md").read_text()
    (block,) = re.findall(r"^```\n(object NotificationCommand .*?)^```", text, re.MULTILINE | re.DOTALL)
    assert "/opt/incidentd/bin/incidentctl" in block
    return block.replace("/opt/incidentd/bin/incidentctl", str(program))


def check_says(home: Path, code: int, output: str) -> None:
    (home / "output").write_text(output + "\n")
    (home / "code.new").write_text(str(code))
    (home / "code.new").rename(home / "code")


@pytest.fixture
def icinga(needs, run_program, tmp_path):
    """Start an Icinga 2 that notifies `daemon`; its directory."""
    binary = needs("icinga2")

    def start(daemon) -> Path:
        home = tmp_path / "icinga"
        for name in DIRECTORIES.values():
            (home / name).mkdir(parents=True)
        check_says(home, 0, "DISK OK")
        (home / "check.sh").write_text(f'cat {home}/output; exit "$(cat {home}/code)"\n')
        objects = OBJECTS.format(home=home) + documented(Path(sys.executable).with_name("incidentctl"))
        (home / "icinga2.conf").write_text(objects)
        defined = {name: home / place for name, place in DIRECTORIES.items()} | {"ConfigDir": home}
        user = {"RunAsUser": getpass.getuser(), "RunAsGroup": grp.getgrgid(os.getgid()).gr_name}
        definitions = [f"-D{name}={value}" for name, value in (defined | user).items()]
        env = {**daemon.env, "INCIDENTD_URL": f"http://127.0.0.1:{daemon.port}"}
        env["INCIDENTD_SPOOL"] = str(daemon.home / "state" / "spool")
        program = run_program("icinga", binary, "daemon", "-c", home / "icinga2.conf", *definitions, env=env)
        program.wait_for((home / "cmd").exists, "has its pipe")
        return home

    return start


def test_a_real_icinga_pages_acknowledges_and_recovers_over_an_outage(running, make_daemon, icinga):
    daemon = make_daemon().start()
    home = icinga(daemon)
    name = "Disk /var"

    check_says(home, 2, f"DISK CRITICAL '; touch {home}/pwned; $(touch {home}/pwned) \u00e9")
    running.eventually(lambda: daemon.page_of(name), "the problem pages", 40)
    alert = daemon.alert(name)
    assert {"host": "db-1", "check": name, "severity": "critical"}.items() <= alert["labels"].items()
    assert alert["annotations"]["output"].endswith("\u00e9")
    assert alert["generator_url"] == "https://wiki.example/disk"
    assert not (home / "pwned").exists()

    with (home / "cmd").open("w") as pipe:
        pipe.write(f"[{int(time.time())}] ACKNOWLEDGE_SVC_PROBLEM;db-1;{name};1;1;0;grace;on it\n")
    running.eventually(lambda: daemon.page_of(name)["page"]["state"] == "acknowledged", "Icinga acknowledges", 40)
    assert daemon.alert(name)["acknowledged_by"] == "grace"

    daemon.terminate()
    check_says(home, 0, "DISK OK")
    spool = daemon.home / "state" / "spool"
    running.eventually(lambda: spool.exists() and list(spool.glob("*.json")), "the recovery waits", 40)
    daemon.start()
    running.eventually(lambda: daemon.alert(name)["status"] == "resolved", "the recovery is taken from the spool")
    assert daemon.alert(name)["annotations"]["state"] == "OK"
