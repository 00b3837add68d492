"""docs/install.md, word by word: its blocks run on a bare Debian, up to a page, through an upgrade, to the removal."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

# A Debian and every dependency are fetched from where this host has its packages from: minutes.
pytestmark = [pytest.mark.systemd, pytest.mark.timeout(1800)]

ROOT = Path(__file__).parents[2]
SUITE, PYTHON = "bookworm", (3, 11)
WHEELS = "/wheelhouse"
# Stands for the registry that pip asks by its usual configuration: the same command finds what was built here.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": WHEELS}
NEXT = "99.0"


def host(*command: str | Path, cwd: Path | None = None, environ: Mapping[str, str] | None = None) -> str:
    """A command on this host; its output is the message when it fails."""
    done = subprocess.run(
        [*map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        check=False,
        cwd=cwd,
        env={**os.environ, **(environ or {})},
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-4000:]}"
    return done.stdout


def in_root(root: Path, wheels: Path, script: str) -> None:
    """Run a block in a root that is not booted: it may reach the network."""
    environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive", **OFFLINE}
    given = [f"{name}={value}" for name, value in environ.items()]
    inside = 'mkdir -p "$1$2" && mount --bind "$0" "$1$2" && shift 2 && exec "$@"'
    chroot = ["env", "-i", *given, "chroot", str(root), "sh", "-ec", f"cd\n{script}"]
    own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={root / 'proc'}"]
    host(*own, "sh", "-ec", inside, wheels, root, WHEELS, *chroot)


@pytest.fixture(scope="module")
def debian(tmp_path_factory) -> Path:
    """A Debian with nothing in it but systemd. Copy it."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("needs root and debootstrap (apt-get install debootstrap)")
    if sys.version_info[:2] != PYTHON:
        pytest.skip("the wheels of this Python do not fit that of Debian 12")
    root = tmp_path_factory.mktemp("debian") / SUITE
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", "--include=systemd,ca-certificates", SUITE, str(root)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"debootstrap: {(done.stdout + done.stderr).strip().splitlines()[-1]}")
    (root / "etc/dpkg/dpkg.cfg.d/throw-away").write_text("force-unsafe-io\n")  # thousands of files need not be synced
    return root


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> Path:
    """The wheel of this checkout, as `make build` makes it, with everything that it needs."""
    house = tmp_path_factory.mktemp("wheelhouse")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    host(*pip, "download", "-q", "--require-hashes", "--no-deps", "-r", ROOT / "requirements/run.txt", "-d", house)
    host(*pip, "download", "-q", "setuptools", "wheel", "-d", house)  # for the one that comes as a source only
    host(sys.executable, "-m", "build", "--no-isolation", "--outdir", house, ROOT)
    house.chmod(0o755)
    return house


def next_version(wheels: Path, work: Path) -> None:
    """Add the same program under a later version."""
    (source,) = wheels.glob("incidentd-*.tar.gz")
    host("tar", "xzf", source, "-C", work, "--strip-components=1")
    project = work / "pyproject.toml"
    project.write_text(
        re.sub(r'^version = ".*"', f'version = "{NEXT}"', project.read_text(), count=1, flags=re.MULTILINE)
    )
    host(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", wheels, work)


@pytest.fixture
def copy(machines, debian, tmp_path, wheels) -> Any:
    """A machine to install on, not booted yet."""
    host("cp", "-a", debian, tmp_path / "root")
    machine = machines.Machine(tmp_path, tmp_path / "root")
    machine.bound = {wheels: WHEELS}
    machine.environ |= OFFLINE
    yield machine
    machine.close()


@pytest.fixture(scope="module")
def run(scripts) -> Callable[..., str]:
    """`run(machine, heading, number)`: run a block of the document in a booted machine."""
    blocks = scripts("install.md")
    return lambda machine, heading, number=0: machine.run("sh", "-exc", blocks[heading][number])


def until_it_pages(machine, run) -> None:
    """From the roster to the first page, as both ways go on."""
    assert "ok: /etc/incidentd/incidentd.toml" in run(machine, "Before the first start: the roster")
    assert "Active: active (running)" in run(machine, "Start")
    assert "DiskFull" in run(machine, "Start", 1)
    paged = re.compile(r"^P-1 .*DiskFull(?s:.*)notification.*DiskFull", re.MULTILINE)
    machine.eventually(lambda: paged.search(run(machine, "Start", 2)), "the page is out, and in the journal", 90)


def info(machine, user: str = "root") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machine.run("incidentctl", "--json", "--timeout", "100", "info", user=user))
    return found


def test_from_pythons_packages(copy, wheels, scripts, run, tmp_path_factory):
    machine, title = copy, "From Python's packages"
    in_root(copy.lower, wheels, scripts("install.md")[title][0])
    machine.start()
    run(machine, title, 1)
    until_it_pages(machine, run)

    run(machine, "People")
    assert (info(machine, "ana")["person"], info(machine, "ana")["role"]) == ("ana", "responder")
    run(machine, "Secrets")
    pid = machine.show("incidentd.service", "MainPID")["MainPID"]
    given = f"/proc/{pid}/root/run/credentials/incidentd.service/ntfy-token"
    assert machine.run("cat", given) == "tk_0123456789"
    run(machine, "Failures of all other services")
    machine.fail("nightly.service")
    machine.eventually(
        lambda: "nightly.service" in machine.run("incidentctl", "alert", "list"), "the failure is an alert"
    )

    next_version(wheels, tmp_path_factory.mktemp("next"))
    run(machine, "Upgrade")
    assert info(machine)["version"] == NEXT
    assert machine.run("head", "-c", "15", "/var/backups/incidentd-before.db") == "SQLite format 3"
    run(machine, "Remove")
    assert machine.done("systemctl", "cat", "incidentd.service").returncode != 0
    assert machine.done("sh", "-c", "ls /opt/incidentd /usr/local/bin/incident*").returncode != 0
    assert machine.run("ls", "/var/lib/private/incidentd/incidentd.db")


def test_as_a_debian_package(copy, wheels, scripts, run, tmp_path):
    machine = copy
    (wheel,) = wheels.glob("incidentd-0*.whl")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    host(ROOT / "deb/build.sh", wheel, copy.lower / "root", "/usr/bin/python3", *pip, environ=offline)
    in_root(copy.lower, wheels, scripts("install.md")["As a Debian package"][0])
    machine.start()
    until_it_pages(machine, run)
    assert machine.run("stat", "-c", "%a %G", "/var/spool/incidentd") == "2770 incidentd-spool"

    (package,) = (copy.lower / "root").glob("*.deb")
    host("dpkg-deb", "-R", package, tmp_path / "unpacked")
    control = tmp_path / "unpacked/DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*", f"Version: {NEXT}", control.read_text(), count=1, flags=re.MULTILINE))
    host("dpkg-deb", "-Znone", "-b", tmp_path / "unpacked", wheels / "next.deb")
    before = info(machine)["started_at"]
    machine.run("dpkg", "-i", f"{WHEELS}/next.deb")
    assert info(machine)["started_at"] > before, "the upgrade started it again"
    assert "people.ana" in machine.run("cat", "/etc/incidentd/roster.toml")
    machine.run("dpkg", "-r", "incidentd")
    assert machine.done("systemctl", "cat", "incidentd.service").returncode != 0
    assert machine.run("ls", "/var/lib/private/incidentd/incidentd.db", "/etc/incidentd/roster.toml")
