"""A real Nagios Core, with the commands of the documentation, notifies incidentd; while it is down nothing is lost."""

from __future__ import annotations

import getpass
import grp
import os
import re
import shutil
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
HOSTILE = "DISK CRITICAL - 2 % free'; touch {home}/pwned; $(touch {home}/pwned) `touch {home}/pwned` \u00e9"
MAIN = """
log_file={home}/nagios.log
cfg_file={home}/objects.cfg
object_cache_file={home}/objects.cache
precached_object_file={home}/objects.precache
status_file={home}/status.dat
state_retention_file={home}/retention.dat
temp_file={home}/temp
temp_path={home}
lock_file={home}/lock
check_result_path={home}/results
log_archive_path={home}
command_file={short}/cmd
query_socket={short}/qh
nagios_user={user}
nagios_group={group}
check_external_commands=1
interval_length=1
service_inter_check_delay_method=n
host_inter_check_delay_method=n
enable_notifications=1
enable_flap_detection=0
illegal_macro_output_chars=`~$&|'"<>
"""
OBJECTS = """
define timeperiod {{
  timeperiod_name 24x7
  alias always
  sunday 00:00-24:00
  monday 00:00-24:00
  tuesday 00:00-24:00
  wednesday 00:00-24:00
  thursday 00:00-24:00
  friday 00:00-24:00
  saturday 00:00-24:00
}}
define command {{
  command_name check-file
  command_line /bin/sh {home}/check.sh
}}
define command {{
  command_name always-up
  command_line /bin/true
}}
define host {{
  host_name db-1
  address 127.0.0.1
  check_command always-up
  max_check_attempts 1
  check_interval 5
  check_period 24x7
  notification_period 24x7
  notification_interval 0
  contacts incidentd
}}
define service {{
  host_name db-1
  service_description Disk /var
  check_command check-file
  max_check_attempts 1
  check_interval 1
  retry_interval 1
  check_period 24x7
  notification_period 24x7
  notification_interval 0
  notes_url https://wiki.example/disk
  contacts incidentd
}}
"""


def documented(program: Path) -> str:
    """The contact and the commands that the documentation tells people to write."""
    text = (ROOT / "docs" / "alert-sources.md").read_text()
    (block,) = re.findall(r"^```\n(define contact .*?)^```", text, re.MULTILINE | re.DOTALL)
    assert "/opt/incidentd/bin/incidentctl" in block
    return block.replace("/opt/incidentd/bin/incidentctl", str(program))


class Nagios:
    """Nagios Core with one host and one check, whose result a file says."""

    def __init__(self, home: Path, short: Path, program: Path) -> None:
        self.home, self.short = home, short
        home.mkdir()
        (home / "results").mkdir()
        (home / "check.sh").write_text(f'cat {home}/output; exit "$(cat {home}/code)"\n')
        group = grp.getgrgid(os.getgid()).gr_name
        main = MAIN.format(home=home, short=short, user=getpass.getuser(), group=group)
        (home / "nagios.cfg").write_text(main)
        (home / "objects.cfg").write_text(OBJECTS.format(home=home) + documented(program))
        self.check_says(0, "DISK OK")

    def check_says(self, code: int, output: str) -> None:
        (self.home / "output").write_text(output + "\n")
        fresh = self.home / "code.new"
        fresh.write_text(str(code))
        fresh.rename(self.home / "code")

    def command(self, line: str) -> None:
        """An external command, as the web interface writes it."""
        with (self.short / "cmd").open("w") as pipe:
            pipe.write(f"[{int(time.time())}] {line}\n")


@pytest.fixture
def nagios(needs, running, run_program, stack, tmp_path):
    """Start a Nagios that notifies `daemon`; it is there when its first check has run."""
    binary = needs("nagios4")

    def start(daemon: Any) -> Nagios:
        short = Path(tempfile.mkdtemp(prefix="ngs-"))  # pytest's own directories are too long for a socket
        stack.callback(shutil.rmtree, short, ignore_errors=True)
        program = Path(sys.executable).with_name("incidentctl")
        made = Nagios(tmp_path / "nagios", short, program)
        env = {**daemon.env, "INCIDENTD_URL": f"http://127.0.0.1:{daemon.port}"}
        env["INCIDENTD_SPOOL"] = str(daemon.home / "state" / "spool")
        running_nagios = run_program("nagios", binary, made.home / "nagios.cfg", env=env)
        status = made.home / "status.dat"
        running_nagios.wait_for(lambda: status.exists() and (short / "cmd").exists(), "has its pipe")
        return made

    return start


def test_a_real_nagios_pages_acknowledges_and_recovers_over_an_outage(running, make_daemon, nagios):
    daemon = make_daemon().start()
    monitor = nagios(daemon)
    name = "Disk /var"

    monitor.check_says(2, HOSTILE.format(home=monitor.home))
    running.eventually(lambda: daemon.page_of(name), "the problem pages", 40)
    alert = daemon.alert(name)
    assert alert["status"] == "firing"
    assert {"host": "db-1", "check": name, "severity": "critical"}.items() <= alert["labels"].items()
    assert alert["annotations"]["state"] == "CRITICAL"
    assert alert["summary"].startswith("Disk /var on db-1 is CRITICAL: DISK CRITICAL - 2 % free")
    assert alert["generator_url"] == "https://wiki.example/disk"
    assert not (monitor.home / "pwned").exists()
    running.eventually(lambda: daemon.logged("page") or daemon.page_of(name)["deliveries"], "it is written to ada")

    monitor.command(f"ACKNOWLEDGE_SVC_PROBLEM;db-1;{name};1;1;0;grace;on it")
    running.eventually(lambda: daemon.page_of(name)["page"]["state"] == "acknowledged", "Nagios acknowledges")
    assert daemon.alert(name)["acknowledged_by"] == "grace"

    daemon.terminate()
    monitor.check_says(0, "DISK OK - 40 % free")
    spool = daemon.home / "state" / "spool"
    running.eventually(lambda: spool.exists() and list(spool.glob("*.json")), "the recovery waits", 40)
    written = next(iter(spool.glob("*.json"))).stat().st_mtime
    daemon.start()
    running.eventually(lambda: daemon.alert(name)["status"] == "resolved", "the recovery is taken from the spool")
    resolved = daemon.alert(name)
    assert resolved["annotations"]["output"] == "DISK OK - 40 % free"
    assert resolved["count"] == 2
    ended = datetime.fromisoformat(resolved["resolved_at"]).timestamp()
    assert abs(ended - written) < 5, "an end has the time at which Nagios said it"
    assert not list(spool.glob("*.json"))

    monitor.check_says(1, "DISK WARNING")
    running.eventually(lambda: daemon.alert(name)["status"] == "firing", "the next problem comes at once", 40)
    assert daemon.alert(name)["severity"] == "warning"


def test_nothing_is_lost_or_doubled_when_the_daemon_is_killed_while_it_empties_the_spool(running, make_daemon):
    daemon = make_daemon()
    spool = {
        "INCIDENTD_SPOOL": str(daemon.home / "state" / "spool"),
        "INCIDENTD_URL": f"http://127.0.0.1:{daemon.port}",
    }
    checks = [f"check-{n}" for n in range(5)]
    for check in checks:
        for type_, state in (("PROBLEM", "CRITICAL"), ("RECOVERY", "OK"), ("PROBLEM", "WARNING")):
            fields = ("-f", "HOSTNAME=h", "-f", f"SERVICEDESC={check}", "-f", f"SERVICESTATE={state}")
            done = daemon.ctl("nagios", "-n", "service", "-t", type_, *fields, env=spool)
            assert done.returncode == 0, done.stderr
    directory = daemon.home / "state" / "spool"
    assert len(list(directory.glob("*.json"))) == 15
    for left in (11, 5):
        daemon.launch()
        running.eventually(lambda left=left: len(list(directory.glob("*.json"))) <= left, "some are taken", every=0.001)
        daemon.kill()
    daemon.start()
    running.eventually(lambda: not list(directory.glob("*.json")), "all are taken")
    found = {alert["name"]: (alert["status"], alert["severity"], alert["count"]) for alert in daemon.alerts()}
    assert found == dict.fromkeys(checks, ("firing", "warning", 3))
