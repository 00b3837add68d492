"""The terminal UI over a real sshd, set up by the document's own commands, on a machine of its own in namespaces."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import sysconfig
import termios
import threading
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("ssh")]  # one process: what they share is dear

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
# The interpreter that runs the tests lies elsewhere inside: it must not load the host's own libpython.
PROGRAM = """#!/bin/sh
export LD_LIBRARY_PATH=/opt/incidentd/python/lib
exec /opt/incidentd/python/bin/python3 /opt/incidentd/{name}.py "$@"
"""
SCRIPT = """import sys
sys.path[:0] = ["/opt/incidentd/src", "/opt/incidentd/src/tui", "/opt/incidentd/src/plugins", "/opt/incidentd/site"]
from {module} import main
sys.exit(main())
"""
MODULES = {
    "incidentd": "incidentd.cli.daemon",
    "incidentctl": "incidentd.cli.ctl",
    "incidentd-tui": "incidentd_tui.__main__",
}
MAIN = """
[daemon]
state_dir = "/var/lib/incidentd"
runtime_dir = "/run/incidentd"
[api]
socket_mode = "660"
[ingress]
listen = ["127.0.0.1:9095"]
"""
ROSTER = """
[people.ana]
os_user = "ana"
[people.vic]
os_user = "vic"
"""
STYLE = re.compile(r"\x1b\[[0-9;?>=<]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>78]")


class House:
    """The machine: its own files, processes, network and sshd."""

    def __init__(self, work: Path) -> None:
        namespaces = ["--mount", "--pid", "--uts", "--ipc", "--net", "--fork", "--kill-child"]
        places = [str(work), str(ROOT), sysconfig.get_path("purelib"), sys.base_prefix]
        self._process = subprocess.Popen(
            ["unshare", *namespaces, str(HERE / "ssh-house.sh"), *places],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if self._process.stdout.readline() != "here\n":
            _, said = self._process.communicate(timeout=10)
            if self._process.returncode == 77:
                pytest.skip(said.strip().splitlines()[-1])
            raise AssertionError(said)
        parent = self._process.pid
        (inside,) = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        self._enter = ["nsenter", "-t", inside, "-m", "-u", "-i", "-n", "-p", "-r", "-w"]

    def within(self, *command: str) -> list[str]:
        """The command that runs `command` on this machine."""
        return [*self._enter, *command]

    def run(self, *command: str, **options: Any) -> subprocess.CompletedProcess[str]:
        given: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 60, "stdin": subprocess.DEVNULL}
        return subprocess.run(self.within(*command), check=False, **given | options)

    def do(self, *command: str, **options: Any) -> str:
        done = self.run(*command, **options)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def ssh(self, user: str, *arguments: str) -> list[str]:
        known = ["-o", "StrictHostKeyChecking=accept-new", "-o", "UserKnownHostsFile=/tmp/known", "-o", "BatchMode=yes"]
        return ["ssh", "-F", "none", "-i", f"/root/{user}", *known, *arguments, f"{user}@127.0.0.1"]

    def eventually(self, look: Any, what: str, seconds: float = 30.0) -> Any:
        deadline = time.monotonic() + seconds
        while not (seen := look()):
            assert time.monotonic() < deadline, what
            time.sleep(0.1)
        return seen

    def users_of_the_tui(self) -> list[str]:
        done = self.run("ps", "-wweo", "user:32=,args=")
        return [line.split()[0] for line in done.stdout.splitlines() if "/opt/incidentd/incidentd-tui.py" in line]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


class Screen:
    """A person's terminal of 100x30 in which ssh runs."""

    def __init__(self, command: list[str]) -> None:
        self._controller, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            command, stdin=terminal, stdout=terminal, stderr=terminal, env=env, start_new_session=True
        )
        os.close(terminal)
        self._got = b""
        self.asked = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while got := os.read(self._controller, 65536):
                self._got += got
                if b"\x1b[6n" in got:  # a terminal says where its cursor is
                    os.write(self._controller, b"\x1b[1;1R")
                    self.asked += 1

    @property
    def text(self) -> str:
        """Everything that was written so far, without styles and moves."""
        return STYLE.sub("", self._got.decode(errors="replace"))

    def sees(self, text: str, seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.text:
            assert time.monotonic() < deadline, f"{text!r} did not come: {self.text[-3000:]}"
            time.sleep(0.05)

    def forget(self) -> None:
        self._got = b""

    def types(self, keys: str) -> None:
        os.write(self._controller, keys.encode())

    def ends(self, seconds: float = 20.0) -> int:
        return self.process.wait(seconds)

    def client(self) -> int:
        """The process of ssh itself."""
        parent = self.process.pid
        (inside,) = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return int(inside)

    def close(self) -> None:
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.kill(self.client(), signal.SIGKILL)
            self.process.kill()
        self.process.wait()
        self._reader.join(5)
        os.close(self._controller)


def lay_out(files: Path) -> None:
    """What an installation leaves: programs, groups, configuration, and nothing of SSH."""
    bin_ = files / "opt/incidentd/bin"
    for directory in (bin_, files / "usr/lib/sysusers.d", files / "usr/lib/tmpfiles.d", files / "etc/incidentd"):
        directory.mkdir(parents=True)
    for name, module in MODULES.items():
        (bin_ / name).write_text(PROGRAM.format(name=name))
        (bin_ / name).chmod(0o755)
        (bin_.parent / f"{name}.py").write_text(SCRIPT.format(module=module))
    for kind in ("sysusers", "tmpfiles"):
        shutil.copy(ROOT / "systemd" / f"{kind}.conf", files / f"usr/lib/{kind}.d/incidentd.conf")
    (files / "etc/incidentd/incidentd.toml").write_text(MAIN)
    (files / "etc/incidentd/roster.toml").write_text(ROSTER)


def blocks(document: str) -> list[list[str]]:
    """The commands of each code block without a language."""
    found = re.findall(r"^```\n(.*?)^```$", (ROOT / "docs" / document).read_text(), re.MULTILINE | re.DOTALL)
    return [block.splitlines() for block in found]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    missing = [
        name for name in ("unshare", "nsenter", "sshd", "ssh", "curl", "systemd-sysusers") if shutil.which(name) is None
    ]
    if os.geteuid() != 0 or missing:
        pytest.skip(f"needs root and {', '.join(missing) or 'nothing else'}")
    work = tmp_path_factory.mktemp("house")
    lay_out(work / "files")
    made = House(work)
    try:
        set_up(made)
        yield made
    finally:
        made.close()


def set_up(house: House) -> None:
    """By the document: what is for the machine once, and what is for a person for two of them."""
    machine, person = blocks("ssh.md")
    house.do("sh", "-c", "ssh-keygen -q -A; mkdir /tmp/here; ln -s /opt/incidentd/src/systemd /tmp/here/systemd")
    for user in ("ana", "vic", "eve"):
        house.do("sh", "-c", f"ssh-keygen -q -t ed25519 -N '' -f /root/{user}; cp /root/{user}.pub /tmp/here")
    for line in machine:
        if not line.startswith("systemctl"):
            house.do("sh", "-c", f"cd /tmp/here && {line}")
    for line in person:
        house.do("sh", "-c", f"cd /tmp/here && {line}")
        looks = line.replace("ana", "vic").replace(",incidentd-responders", "")
        house.do("sh", "-c", f"cd /tmp/here && {looks}")
    # Somebody else of that machine, with a key where keys usually are.
    house.do(
        "sh",
        "-c",
        "useradd --create-home --shell /bin/sh eve && install -D -o eve /root/eve.pub ~eve/.ssh/authorized_keys",
    )
    house.do(
        "sh",
        "-c",
        "chgrp incidentd-users /run/incidentd && chmod 2755 /run/incidentd && mkdir -m 700 -p /var/lib/incidentd",
    )
    for service in (
        "/usr/sbin/sshd -E /tmp/sshd.log",
        "setsid /opt/incidentd/bin/incidentd serve --config /etc/incidentd >/tmp/log 2>&1 &",
    ):
        house.do("sh", "-c", service, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, capture_output=False)
    house.eventually(lambda: house.run("test", "-S", "/run/incidentd/api.sock").returncode == 0, "the daemon is there")


@pytest.fixture
def connect(house):
    """`connect(user)`: a terminal in which ssh runs."""
    with contextlib.ExitStack() as stack:

        def open_(user: str, *options: str) -> Screen:
            screen = Screen(house.within(*house.ssh(user, "-tt", *options)))
            stack.callback(screen.close)
            return screen

        yield open_


def test_the_terminal_ui_is_all_that_is_given(house):
    for arguments in (["id"], []):
        done = house.run(*house.ssh("ana"), *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.endswith("incidentd-tui needs a terminal; for scripts use incidentctl (with --json)\n")
    copies = ["-F", "none", "-i", "/root/ana", "-o", "UserKnownHostsFile=/tmp/known", "-o", "BatchMode=yes"]
    assert house.run("sftp", *copies, "ana@127.0.0.1").returncode == 255
    assert house.run("scp", *copies, "ana@127.0.0.1:/etc/hostname", "/tmp/taken").returncode == 255
    assert house.run("scp", "-O", *copies, "ana@127.0.0.1:/etc/hostname", "/tmp/taken").returncode != 0
    assert house.run("test", "-e", "/tmp/taken").returncode == 1
    assert house.users_of_the_tui() == []


def test_nothing_is_forwarded(house, connect):
    screen = connect("ana", "-L", "4001:127.0.0.1:9095", "-D", "4002", "-A", "-X", "-o", "ForwardX11Trusted=yes")
    screen.sees("live ana")
    for through in (["http://127.0.0.1:4001/-/healthy"], ["-x", "socks5://127.0.0.1:4002", "http://127.0.0.1:9095/"]):
        assert house.run("curl", "-sS", "-m", "5", *through).returncode != 0
    assert "administratively prohibited" in screen.text
    assert house.run("curl", "-sS", "-m", "5", "http://127.0.0.1:9095/-/healthy").returncode == 0
    back = house.run(*house.ssh("ana", "-N", "-o", "ExitOnForwardFailure=yes", "-R", "4003:127.0.0.1:9095"))
    assert back.returncode == 255
    assert "remote port forwarding failed" in back.stderr
    environ = house.do("sh", "-c", "cat /proc/$(pgrep -u ana -f incidentd-tui.py | head -1)/environ")
    assert "SSH_CONNECTION=" in environ
    assert "SSH_AUTH_SOCK" not in environ
    assert "DISPLAY" not in environ


def ctl(house, *arguments: str) -> str:
    return house.do("/opt/incidentd/bin/incidentctl", "--socket", "/run/incidentd/api.sock", *arguments)


def room(screen: Screen, name: str) -> Screen:
    """Go to the only incident as a person would."""
    screen.sees(f"live {name}", 40)
    screen.types("2")
    screen.sees("Database is down")
    screen.types("\r")
    screen.sees("n note")
    return screen


@pytest.fixture(scope="module")
def incident(house):
    ctl(house, "incident", "declare", "Database is down")


@pytest.mark.usefixtures("incident")
def test_roles_follow_the_account(house, connect):
    looking = room(connect("vic"), "vic")
    looking.types("J")
    looking.sees("you may only look (role viewer)")
    assert "vic" not in ctl(house, "incident", "show", "INC-1")


@pytest.mark.usefixtures("incident")
def test_what_was_typed_survives_a_killed_client(house, connect):
    screen = room(connect("ana"), "ana")
    screen.types("nreading the primary")
    screen.sees("draft saved")
    assert house.users_of_the_tui() == ["ana"]
    os.kill(screen.client(), signal.SIGKILL)
    house.eventually(lambda: "ana" not in house.users_of_the_tui(), "the terminal UI goes with it")
    again = room(connect("ana"), "ana")
    again.sees("reading the primary")
    again.types("n\r")
    kept = house.eventually(lambda: "reading the primary" in ctl(house, "incident", "timeline", "INC-1"), "it is sent")
    assert kept
    again.types("\x1b")
    again.types("\x11")
    assert again.ends() == 0


def test_others_are_kept_out_by_allowgroups(house):
    assert house.do(*house.ssh("eve"), "id", "-un") == "eve\n"
    named = "sed 's/^# AllowGroups/AllowGroups/' /etc/ssh/sshd_config.d/incidentd.conf >/tmp/strict.conf"
    strict = "/usr/sbin/sshd -f /tmp/strict.conf -o UsePAM=yes -o PidFile=none -p 2222 -E /tmp/strict.log"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "capture_output": False}
    house.do("sh", "-c", f"{named} && {strict}", **quiet)
    assert house.run(*house.ssh("eve", "-p", "2222"), "id").returncode == 255
    assert "needs a terminal" in house.run(*house.ssh("ana", "-p", "2222"), "id").stderr


@pytest.mark.faults
def test_a_client_that_is_silent_is_gone(house, connect, experiment):
    """Its machine sleeps, or its network is gone: nothing ends the connection but the server's own question."""
    screen = connect("ana")
    screen.sees("live ana", 40)
    house.eventually(lambda: screen.asked, "the terminal is asked whether it is there")
    assert house.users_of_the_tui() == ["ana"]
    os.kill(screen.client(), signal.SIGSTOP)
    began = time.monotonic()
    house.eventually(lambda: not house.users_of_the_tui(), "the terminal UI is gone", 60)
    seen = f"{time.monotonic() - began:.0f} s"
    experiment("a half-open SSH client", runs=1, lost=None, missed=None, aimed="gone after 30 s", seen=seen)
