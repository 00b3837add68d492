"""What a newer systemd than this host's does with the units: that of Debian 13, with its drop-ins."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

pytestmark = [pytest.mark.systemd, pytest.mark.timeout(900)]

# What the interpreter of this host needs beside its own files.
LIBRARIES = "systemd,libsqlite3-0,libssl3t64,libffi8,libbz2-1.0,liblzma5,zlib1g,libexpat1,libreadline8t64"


@pytest.fixture(scope="module")
def trixie(tmp_path_factory):
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("needs root and debootstrap (apt-get install debootstrap)")
    root = tmp_path_factory.mktemp("debian") / "trixie"
    command = ["debootstrap", "--variant=minbase", f"--include={LIBRARIES}", "trixie", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        pytest.skip(f"debootstrap: {(done.stdout + done.stderr).strip().splitlines()[-1]}")
    return root


def test_a_reload_ends_when_it_is_in_force_and_a_restart_is_given_up_where_it_cannot_help(boot, machines, trixie):
    def prepare(files) -> None:
        drop_in = files / "etc/systemd/system/incidentd.service.d"
        drop_in.mkdir()
        for name in ("notify-reload.conf", "restart-steps.conf"):
            shutil.copy(machines.ROOT / "systemd" / name, drop_in)

    machine = boot("incidentd.service", prepare=prepare, lower=trixie)
    assert machine.ctl("info")["role"] == "admin"
    assert machine.show("incidentd.service", "Type", "ExecReload") == {"Type": "notify-reload"}
    roster = machine.run("cat", "/etc/incidentd/roster.toml")
    for before, after in (("ada", "zoe"), ("zoe", "eva"), ("eva", "ada")):
        roster = roster.replace(before, after)
        machine.write("/etc/incidentd/roster.toml", roster)
        machine.run("systemctl", "reload", "incidentd.service")
        assert [one["handle"] for one in machine.ctl("people")["people"]] == [after]
    assert machine.show("incidentd.service", "ActiveState", "NRestarts") == {"ActiveState": "active", "NRestarts": "0"}
    machine.fail("nightly.service")
    machine.eventually(lambda: machine.alerts(unit="nightly.service"), "the failure of any service is an alert")

    assert machine.show("incidentd.service", "RestartSteps", "RestartMode") == {
        "RestartSteps": "6",
        "RestartMode": "direct",
    }
    handler = "incidentd-unit-failed@incidentd.service.service"
    machine.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "incidentd.service")
    machine.eventually(lambda: machine.ctl("info"), "it is started again")
    assert "Finished " not in machine.journal(handler), "a crash that is over is no failure of the unit"
    machine.write("/etc/incidentd/incidentd.toml", "[daemon\n")
    machine.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "incidentd.service")
    machine.eventually(lambda: "Finished " in machine.journal(handler), "what a restart cannot mend is told")
    assert machine.show("incidentd.service", "ActiveState") == {"ActiveState": "failed"}
    assert machine.show("incidentd-api.socket", "ActiveState") == {"ActiveState": "inactive"}
