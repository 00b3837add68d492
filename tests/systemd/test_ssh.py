"""The terminal UI over a real sshd, set up by the document's own commands, on a machine of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from pathlib import Path

import pytest

# Quick enough for every change, as the machine boots in a second.
pytestmark = [pytest.mark.systemd, pytest.mark.e2e, pytest.mark.xdist_group("ssh"), pytest.mark.timeout(300)]

ROSTER = """
[people.ana]
os_user = "ana"
[people.vic]
os_user = "vic"
"""
STYLE = re.compile(r"\x1b\[[0-9;?>=<]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>78]")
TUI = "incidentd_tui.__main__"


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


def ssh(user: str, *arguments: str) -> list[str]:
    known = ["-o", "StrictHostKeyChecking=accept-new", "-o", "UserKnownHostsFile=/tmp/known", "-o", "BatchMode=yes"]
    return ["ssh", "-F", "none", "-i", f"/root/{user}", *known, *arguments, f"{user}@127.0.0.1"]


def users_of_the_tui(machine) -> list[str]:
    listed = machine.run("ps", "-wweo", "user:32=,args=").splitlines()
    return [line.split()[0] for line in listed if TUI in line]


@pytest.fixture(scope="module")
def machine(boot, scripts):
    """By the document: what is for the machine once, and what is for a person for two of them."""

    def prepare(files: Path) -> None:
        (files / "etc/incidentd/roster.toml").write_text(ROSTER)

    if not Path("/usr/sbin/sshd").exists():
        pytest.skip("needs openssh-server")
    machine = boot("incidentd.service", prepare=prepare)
    machine.run("sh", "-c", "ssh-keygen -q -A; mkdir /tmp/here; ln -s /opt/incidentd/src/systemd /tmp/here/systemd")
    machine.run("systemctl", "start", "ssh.service")
    for user in ("ana", "vic", "eve"):
        machine.run("sh", "-c", f"ssh-keygen -q -t ed25519 -N '' -f /root/{user}; cp /root/{user}.pub /tmp/here")
    of_machine, of_person = scripts("ssh.md")["Set it up"]
    machine.run("sh", "-exc", f"cd /tmp/here\n{of_machine}")
    for block in (of_person, of_person.replace("ana", "vic").replace(",incidentd-responders", "")):
        machine.run("sh", "-exc", f"cd /tmp/here\n{block}")
    # Somebody else of that machine, with a key where keys usually are.
    eve = "useradd --create-home --shell /bin/sh eve && install -D -o eve /root/eve.pub ~eve/.ssh/authorized_keys"
    machine.run("sh", "-c", eve)
    return machine


@pytest.fixture
def connect(machine):
    """`connect(user)`: a terminal in which ssh runs."""
    with contextlib.ExitStack() as stack:

        def open_(user: str, *options: str) -> Screen:
            screen = Screen(machine.command(*ssh(user, "-tt", *options)))
            stack.callback(screen.close)
            return screen

        yield open_


def test_the_terminal_ui_is_all_that_is_given(machine):
    for arguments in (["id"], []):
        done = machine.done(*ssh("ana"), *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.endswith("incidentd-tui needs a terminal; for scripts use incidentctl (with --json)\n")
    copies = ["-F", "none", "-i", "/root/ana", "-o", "UserKnownHostsFile=/tmp/known", "-o", "BatchMode=yes"]
    assert machine.done("sftp", *copies, "ana@127.0.0.1").returncode == 255
    assert machine.done("scp", *copies, "ana@127.0.0.1:/etc/hostname", "/tmp/taken").returncode == 255
    assert machine.done("scp", "-O", *copies, "ana@127.0.0.1:/etc/hostname", "/tmp/taken").returncode != 0
    assert machine.done("test", "-e", "/tmp/taken").returncode == 1
    assert users_of_the_tui(machine) == []


def test_nothing_is_forwarded(machine, connect):
    screen = connect("ana", "-L", "4001:127.0.0.1:9095", "-D", "4002", "-A", "-X", "-o", "ForwardX11Trusted=yes")
    screen.sees("live ana")
    for through in (["http://127.0.0.1:4001/-/healthy"], ["-x", "socks5://127.0.0.1:4002", "http://127.0.0.1:9095/"]):
        assert machine.done("curl", "-sS", "-m", "5", *through).returncode != 0
    assert "administratively prohibited" in screen.text
    assert machine.done("curl", "-sS", "-m", "5", "http://127.0.0.1:9095/-/healthy").returncode == 0
    back = machine.done(*ssh("ana", "-N", "-o", "ExitOnForwardFailure=yes", "-R", "4003:127.0.0.1:9095"))
    assert back.returncode == 255
    assert "remote port forwarding failed" in back.stderr
    environ = machine.run("sh", "-c", f"cat /proc/$(pgrep -u ana -f {TUI} | head -1)/environ")
    assert "SSH_CONNECTION=" in environ
    assert "SSH_AUTH_SOCK" not in environ
    assert "DISPLAY" not in environ


def ctl(machine, *arguments: str) -> str:
    said: str = machine.run(*machine.CTL, *arguments)
    return said


def room(screen: Screen, name: str) -> Screen:
    """Go to the only incident as a person would."""
    screen.sees(f"live {name}", 40)
    screen.types("2")
    screen.sees("Database is down")
    screen.types("\r")
    screen.sees("n note")
    return screen


@pytest.fixture(scope="module")
def incident(machine):
    ctl(machine, "incident", "declare", "Database is down")


@pytest.mark.usefixtures("incident")
def test_roles_follow_the_account(machine, connect):
    looking = room(connect("vic"), "vic")
    looking.types("J")
    looking.sees("you may only look (role viewer)")
    assert "vic" not in ctl(machine, "incident", "show", "INC-1")


@pytest.mark.usefixtures("incident")
def test_what_was_typed_survives_a_killed_client(machine, connect):
    screen = room(connect("ana"), "ana")
    screen.types("nreading the primary")
    screen.sees("draft saved")
    assert users_of_the_tui(machine) == ["ana"]
    os.kill(screen.client(), signal.SIGKILL)
    machine.eventually(lambda: "ana" not in users_of_the_tui(machine), "the terminal UI goes with it")
    again = room(connect("ana"), "ana")
    again.sees("reading the primary")
    again.types("n\r")
    kept = machine.eventually(
        lambda: "reading the primary" in ctl(machine, "incident", "timeline", "INC-1"), "it is sent"
    )
    assert kept
    again.types("\x1b")
    again.types("\x11")
    assert again.ends() == 0


def test_others_are_kept_out_by_allowgroups(machine):
    assert machine.run(*ssh("eve"), "id", "-un") == "eve"
    named = "sed 's/^# AllowGroups/AllowGroups/' /etc/ssh/sshd_config.d/incidentd.conf >/tmp/strict.conf"
    strict = "/usr/sbin/sshd -f /tmp/strict.conf -o UsePAM=yes -o PidFile=none -p 2222 -E /tmp/strict.log"
    machine.run("sh", "-c", f"{named} && {strict} >/dev/null 2>&1")
    assert machine.done(*ssh("eve", "-p", "2222"), "id").returncode == 255
    assert "needs a terminal" in machine.done(*ssh("ana", "-p", "2222"), "id").stderr


@pytest.mark.faults
def test_a_client_that_is_silent_is_gone(machine, connect, experiment):
    """Its machine sleeps, or its network is gone: nothing ends the connection but the server's own question."""
    screen = connect("ana")
    screen.sees("live ana", 40)
    machine.eventually(lambda: screen.asked, "the terminal is asked whether it is there")
    assert users_of_the_tui(machine) == ["ana"]
    os.kill(screen.client(), signal.SIGSTOP)
    began = time.monotonic()
    machine.eventually(lambda: not users_of_the_tui(machine), "the terminal UI is gone", 60)
    seen = f"{time.monotonic() - began:.0f} s"
    experiment("a half-open SSH client", runs=1, lost=None, missed=None, aimed="gone after 30 s", seen=seen)
