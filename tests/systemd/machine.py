"""A real systemd that boots in namespaces of its own, on a throw-away copy of a root, and is driven from outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PYTHON = "/opt/incidentd/bin/python"
_POST = """
import json, sys, urllib.request
body = json.dumps([{"labels": dict(one.split("=", 1) for one in sys.argv[1:])}]).encode()
headers = {"Content-Type": "application/json"}
print(urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:9095/api/v2/alerts", body, headers)).status)
"""
_STORED = """
import json, sqlite3
rows = sqlite3.connect("/var/lib/private/incidentd/incidentd.db").execute("SELECT name FROM alerts")
print(json.dumps([name for name, in rows]))
"""
_NAMESPACES = ("--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup")
_ENVIRON = {
    "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "SYSTEMD_PAGER": "",
    "SYSTEMD_COLORS": "0",
}
_BOOT_SECONDS = 90.0
_NOT_POSSIBLE = 77
# The interpreter that runs the tests lies elsewhere inside: it must not load the host's own libpython.
_PYTHON = """#!/bin/sh
export LD_LIBRARY_PATH=/opt/incidentd/python/lib PYTHONPATH={path}
exec /opt/incidentd/python/bin/python3 {arguments}
"""
_MAIN = "-c 'import sys; from {} import main; sys.exit(main())'"
_TUI = "incidentd_tui.__main__"
_PYTHONPATH = "/opt/incidentd/src:/opt/incidentd/src/tui:/opt/incidentd/src/plugins:/opt/incidentd/site:/opt/plugins"


class CannotBoot(RuntimeError):
    """This host lets no systemd boot in namespaces; the text says what is missing."""


class Machine:
    """One booted systemd. `work/files` is laid over `lower` before it starts."""

    CTL = ("/opt/incidentd/bin/incidentctl", "--timeout", "100", "--socket", "/run/incidentd/api.sock")

    def __init__(self, work: Path, lower: Path = Path("/")) -> None:
        self.files = work / "files"
        self.files.mkdir(exist_ok=True)
        self._work = work
        self.lower = lower
        self.enabled: tuple[str, ...] = ()
        """Units of `files` that start with it."""
        self.bound: Mapping[Path, str] = {}
        """What of the host is seen inside, and where."""
        self.environ: dict[str, str] = dict(_ENVIRON)
        self._boot: subprocess.Popen[bytes] | None = None
        self._init = ""

    def start(self) -> Machine:
        """Boot, and wait until systemd answers. Raises `CannotBoot`."""
        if os.geteuid() != 0 or shutil.which("unshare") is None or not (self.lower / "lib/systemd/systemd").exists():
            raise CannotBoot("needs root, systemd and unshare")
        if self.enabled:
            subprocess.run(["systemctl", f"--root={self.files}", "-q", "enable", *self.enabled], check=True, timeout=30)
        script = Path(__file__).with_name("boot.sh")
        places = [f"{source}={target}" for source, target in self.bound.items()]
        command = [*_NAMESPACES, "--fork", "--kill-child", str(script), str(self._work), str(self.lower), *places]
        with (self._work / "boot.log").open("wb") as log:
            self._boot = subprocess.Popen(["unshare", *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.eventually(self._answers, "systemd answers", _BOOT_SECONDS)
        return self

    def _answers(self) -> bool:
        assert self._boot is not None
        if self._boot.poll() is not None:
            said = (self._work / "boot.log").read_text(errors="replace")
            if self._boot.returncode == _NOT_POSSIBLE:
                raise CannotBoot(said.strip().splitlines()[-1])
            raise AssertionError(f"systemd ended: {said}")
        self._init = Path(f"/proc/{self._boot.pid}/task/{self._boot.pid}/children").read_text().strip()
        return bool(self._init) and self.done("systemctl", "is-system-running").stdout.strip() in (
            "running",
            "degraded",
        )

    def close(self) -> None:
        """Everything in it ends, and its mounts are gone with it."""
        if self._boot is not None:
            self._boot.kill()
            self._boot.wait(20)

    # ------------------------------------------------------------------ commands inside
    def command(self, *command: str, user: str = "root") -> list[str]:
        """What runs a command inside, for a `Popen` of the caller's."""
        as_user = [] if user == "root" else ["runuser", "-u", user, "--"]
        return ["nsenter", "--target", self._init, *_NAMESPACES, "--root", "--wd", "--", *as_user, *command]

    def done(self, *command: str, user: str = "root", given: str = "") -> subprocess.CompletedProcess[str]:
        """A command that ran inside, however it ended."""
        return subprocess.run(
            self.command(*command, user=user),
            input=given,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def run(self, *command: str, user: str = "root", given: str = "") -> str:
        """What a command says that ends well."""
        done = self.done(*command, user=user, given=given)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}\n{self.journal()[-6000:]}"
        return done.stdout.strip()

    def ctl(self, *arguments: str, user: str = "root") -> Any:
        """What `incidentctl --json` says."""
        return json.loads(self.run(*self.CTL, "--json", *arguments, user=user))

    def show(self, unit: str, *properties: str) -> dict[str, str]:
        """Properties of a unit."""
        return dict(
            line.split("=", 1) for line in self.run("systemctl", "show", unit, "-p", ",".join(properties)).splitlines()
        )

    def journal(self, unit: str = "incidentd.service") -> str:
        """Everything in the journal of a unit."""
        return self.done("journalctl", "--no-pager", "-u", unit).stdout

    def write(self, path: str, text: str) -> None:
        """Put a file into the running machine."""
        self.run("sh", "-c", 'mkdir -p "$(dirname "$1")" && cat >"$1"', "sh", path, given=text)

    def fail(self, unit: str) -> None:
        """Let a service that there was not before fail."""
        self.write(f"/etc/systemd/system/{unit}", "[Service]\nType=oneshot\nExecStart=/bin/false\n")
        self.run("systemctl", "daemon-reload")
        assert self.done("systemctl", "start", unit).returncode != 0

    def alerts(self, **labels: str) -> list[dict[str, Any]]:
        """The alerts of every status that have these labels."""
        listed = self.ctl("alert", "list", "--status", "all")["alerts"]
        return [one for one in listed if labels.items() <= one["labels"].items()]

    def post(self, **labels: str) -> str:
        """Send one alert as Prometheus does, on a connection of its own; the status."""
        return self.run(PYTHON, "-c", _POST, *(f"{name}={value}" for name, value in labels.items()))

    def stored(self) -> list[str]:
        """The names of all alerts in the database, whatever the daemon does."""
        names: list[str] = json.loads(self.run(PYTHON, "-c", _STORED))
        return names

    def sent(self) -> list[dict[str, Any]]:
        """What the webhook received: path, headers, body."""
        return [json.loads(line) for line in self.done("cat", "/run/sent").stdout.splitlines()]

    def eventually(self, look: Callable[[], Any], what: str, seconds: float = 90) -> Any:
        """What `look` returns once it is true."""
        end = time.monotonic() + seconds
        while not (seen := look()):
            assert time.monotonic() < end, f"not within {seconds:g} s: {what}\n{self.journal()[-6000:]}"
            time.sleep(0.05)
        return seen


def lay_out(files: Path) -> Mapping[Path, str]:
    """Install this checkout as the documentation says; returns what has to be bound."""
    bin_, system = files / "opt/incidentd/bin", files / "etc/systemd/system"
    for directory in (bin_, system, files / "usr/lib/sysusers.d", files / "usr/lib/tmpfiles.d", files / "opt/plugins"):
        directory.mkdir(parents=True)
    modules = {"incidentd": "incidentd.cli.daemon", "incidentctl": "incidentd.cli.ctl", "incidentd-tui": _TUI}
    scripts = {"python": "", **{name: _MAIN.format(module) for name, module in modules.items()}}
    for name, arguments in scripts.items():
        (bin_ / name).write_text(_PYTHON.format(path=_PYTHONPATH, arguments=f'{arguments} "$@"'))
        (bin_ / name).chmod(0o755)
    for path in (ROOT / "systemd").glob("incidentd*"):
        shutil.copy(path, system)
    shutil.copytree(ROOT / "systemd/every-service", system, dirs_exist_ok=True)
    for kind in ("sysusers", "tmpfiles"):
        shutil.copy(ROOT / "systemd" / f"{kind}.conf", files / f"usr/lib/{kind}.d/incidentd.conf")
    shutil.copytree(ROOT / "config", files / "etc/incidentd")
    (system / "default.target").symlink_to("/lib/systemd/system/multi-user.target")
    return {
        ROOT: "/opt/incidentd/src",
        Path(sysconfig.get_path("purelib")): "/opt/incidentd/site",
        Path(sys.base_prefix): "/opt/incidentd/python",
    }
