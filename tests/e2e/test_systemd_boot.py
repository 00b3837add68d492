"""The units under a real systemd: it boots on a throw-away overlay in namespaces of its own, in a few seconds."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
SYSTEMD = Path("/lib/systemd/systemd")
# The interpreter that runs the tests lies elsewhere inside: it must not load the host's own libpython.
PROGRAM = """#!/bin/sh
export LD_LIBRARY_PATH=/opt/incidentd/python/lib
exec /opt/incidentd/python/bin/python3 /opt/incidentd/{name}.py "$@"
"""
SCRIPT = """import sys
sys.path[:0] = ["/opt/incidentd/src", "/opt/incidentd/src/tui", "/opt/incidentd/src/plugins", "/opt/incidentd/site"]
from incidentd.cli.{module} import main
main()
"""
# What happens inside. Each `keep NAME COMMAND` leaves the command's output and exit code in /out.
PROBE = """#!/bin/sh
keep() { name=$1; shift; "$@" >/out/$name 2>/out/$name.err; echo $? >/out/$name.code; }
ctl() { /opt/incidentd/bin/incidentctl --timeout 30 --socket /run/incidentd/api.sock "$@"; }
until_true() { for _ in $(seq 300); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done; }
as_ana() { runuser -u ana -- /opt/incidentd/bin/incidentctl --timeout 30 --socket /run/incidentd/api.sock "$@"; }
keep info ctl --json info
keep unit systemctl show incidentd.service -p ActiveState,StatusText,User,DynamicUser
keep state stat -Lc '%U %a' /var/lib/incidentd
keep socket stat -c '%G %a' /run/incidentd/api.sock
keep handler systemctl start incidentd-unit-failed@backup.service.service
keep alerts ctl --json alert list
kill -9 "$(systemctl show -p MainPID --value incidentd.service)"
keep after ctl --json alert list
keep restarts systemctl show incidentd.service -p NRestarts --value
# A unit fails, and a user's monitoring speaks, while the daemon and its sockets are down.
useradd monitor
usermod -aG incidentd-spool monitor
keep spool stat -c '%U %G %a' /var/spool/incidentd
systemctl stop incidentd.service incidentd-api.socket incidentd-ingress.socket
systemctl start 'my\\x2dapp@a\\x2db.service'
until_true systemctl is-failed 'my\\x2dapp@a\\x2db.service'
until_true sh -c 'ls /var/spool/incidentd/*.json'
keep nagios runuser -u monitor -- /opt/incidentd/bin/incidentctl nagios -n host -t PROBLEM -f HOSTNAME=web-1
keep waiting sh -c 'stat -c "%U %G %a" /var/spool/incidentd/*.json'
systemctl start incidentd-api.socket incidentd-ingress.socket incidentd.service
until_true sh -c '! ls /var/spool/incidentd/*.json'
keep spooled ctl --json alert list
# It is well again, and a timer sees it.
touch /run/good
systemctl reset-failed 'my\\x2dapp@a\\x2db.service'
systemctl start 'my\\x2dapp@a\\x2db.service'
systemctl start incidentd-unit-recovered.timer
until_true sh -c '! ls /var/lib/incidentd-units/my*'
keep recovered ctl --json alert list --status all
keep health ctl --json health
useradd ana
keep stranger as_ana --json info
usermod -aG incidentd-users,incidentd-responders ana
keep responder as_ana --json info
keep reload systemctl reload incidentd.service
keep journal journalctl --no-pager -u incidentd.service
keep stop systemctl stop incidentd.service incidentd-api.socket incidentd-ingress.socket
keep result systemctl show incidentd.service -p Result,ExecMainStatus
systemctl poweroff --force --force
"""
# A template whose names need every escape; it fails until a file says that all is good.
APP = """[Unit]
Description=An app
[Service]
ExecStart=/bin/sh -c 'echo "last words of %I"; test -e /run/good && exec sleep 1000; exit 3'
"""
UNIT = r"my\x2dapp@a\x2db.service"
PROBE_UNIT = """[Unit]
DefaultDependencies=no
Wants=incidentd.service
After=incidentd.service
[Service]
Type=oneshot
ExecStart=/opt/incidentd/bin/probe
"""


def lay_out(files: Path) -> None:
    """The files of an installation: programs, units, groups, configuration."""
    units, bin_ = files / "etc/systemd/system", files / "opt/incidentd/bin"
    for directory in (units, bin_, files / "usr/lib/sysusers.d", files / "usr/lib/tmpfiles.d"):
        directory.mkdir(parents=True)
    for name, module in (("incidentd", "daemon"), ("incidentctl", "ctl")):
        (bin_ / name).write_text(PROGRAM.format(name=name))
        (bin_.parent / f"{name}.py").write_text(SCRIPT.format(module=module))
    (bin_ / "probe").write_text(PROBE)
    for path in bin_.iterdir():
        path.chmod(0o755)
    for path in (ROOT / "systemd").glob("incidentd*"):
        shutil.copy(path, units)
    for kind in ("sysusers", "tmpfiles"):
        shutil.copy(ROOT / "systemd" / f"{kind}.conf", files / f"usr/lib/{kind}.d/incidentd.conf")
    shutil.copytree(ROOT / "config", files / "etc/incidentd")
    (units / "probe.service").write_text(PROBE_UNIT)
    (units / "default.target").symlink_to("/lib/systemd/system/basic.target")
    (units / r"my\x2dapp@.service").write_text(APP)
    handled = units / r"my\x2dapp@.service.d"
    handled.mkdir()
    shutil.copy(ROOT / "systemd" / "on-failure.conf", handled)
    wanted = [("basic", "probe.service"), ("sockets", "incidentd-api.socket"), ("sockets", "incidentd-ingress.socket")]
    for target, unit in wanted:
        (units / f"{target}.target.wants").mkdir(exist_ok=True)
        (units / f"{target}.target.wants" / unit).symlink_to(f"/etc/systemd/system/{unit}")


class Results:
    """What the probe left."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def code(self, name: str) -> int:
        return int((self._out / f"{name}.code").read_text())

    def text(self, name: str) -> str:
        assert self.code(name) == 0, "\n".join((self._out / part).read_text() for part in (f"{name}.err", "journal"))
        return (self._out / name).read_text().strip()

    def json(self, name: str) -> dict:
        return json.loads(self.text(name))

    def shown(self, name: str) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.text(name).splitlines())


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Results:
    if os.geteuid() != 0 or not SYSTEMD.exists() or shutil.which("unshare") is None:
        pytest.skip("needs root, systemd and unshare")
    work = tmp_path_factory.mktemp("boot")
    (work / "out").mkdir()
    lay_out(work / "files")
    namespaces = ["--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--fork", "--kill-child"]
    places = [str(work), str(ROOT), sysconfig.get_path("purelib"), sys.base_prefix]
    done = subprocess.run(
        ["unshare", *namespaces, str(Path(__file__).with_name("boot-systemd.sh")), *places],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert (work / "out" / "result.code").exists(), f"systemd did not come to the end of the probe: {done.stderr}"
    return Results(work / "out")


def test_the_socket_starts_a_locked_in_service(results):
    assert results.json("info")["role"] == "admin"
    unit = results.shown("unit")
    assert unit["ActiveState"] == "active"
    assert unit["DynamicUser"] == "yes"
    assert "127.0.0.1:9095" in unit["StatusText"]
    assert results.text("state") == "incidentd 700"
    assert results.text("socket") == "incidentd-users 660"


def test_a_failed_unit_becomes_an_alert_that_survives_kill_9(results):
    assert results.code("handler") == 0
    for name in ("alerts", "after"):
        (alert,) = results.json(name)["alerts"]
        assert alert["name"] == "SystemdUnitFailed"
        assert alert["labels"]["unit"] == "backup.service"
    assert results.text("restarts") == "1"


def test_what_fails_while_the_daemon_is_down_is_an_alert_after_its_start(results):
    assert results.text("spool") == "root incidentd-spool 2770"
    assert results.text("nagios").startswith("spooled: the daemon cannot be reached")
    assert set(results.text("waiting").splitlines()) == {"root incidentd-spool 640", "monitor incidentd-spool 640"}
    assert [one["labels"]["host"] for one in results.json("spooled")["alerts"] if one["source"] == "nagios"] == [
        "web-1"
    ]
    (alert,) = (one for one in results.json("spooled")["alerts"] if one["labels"].get("unit") == UNIT)
    assert alert["status"] == "firing"
    assert alert["count"] == 1
    assert alert["labels"]["template"] == r"my\x2dapp@.service"
    assert alert["summary"].startswith("my-app@a-b.service failed on ")
    assert alert["summary"].endswith(" (exit-code, status 3)")
    assert alert["annotations"]["description"] == "An app"
    assert "last words of a-b" in alert["annotations"]["journal"]


def test_a_unit_that_is_active_again_resolves_its_alert(results):
    (alert,) = (one for one in results.json("recovered")["alerts"] if one["labels"].get("unit") == UNIT)
    assert (alert["status"], alert["count"]) == ("resolved", 2)
    assert alert["summary"].endswith("is well: it is active again")
    assert not [problem for problem in results.json("health")["problems"] if "spool" in problem]


def test_groups_of_the_system_give_roles(results):
    assert results.code("stranger") != 0
    assert results.json("responder")["role"] == "responder"


def test_it_reloads_and_stops_as_asked(results):
    assert results.code("reload") == 0
    assert results.code("stop") == 0
    assert results.shown("result") == {"Result": "success", "ExecMainStatus": "0"}
