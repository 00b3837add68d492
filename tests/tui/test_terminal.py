"""The app in a real pseudo-terminal: the very bytes that reach it, hangup, a link that stalls."""

from __future__ import annotations

import base64
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "terminal_app.py"
# Everything the program itself may send: styles, cursor moves, modes, queries, its own title, the bell.
OWN = re.compile(
    rb"\x1b\[[0-9;]*[mHJKABCD]|\x1b\[[?>=<]?[0-9;]*\$?[hlupc]|\x1b\](?:2;[ -~]*|22;default)\x07|\x1b[=>78]"
)
CURSOR = "▌".encode()
HOSTILE = (
    r"\x1b[2Jred\x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://evil.example\x1b\\click"
    r"\x9b2J\x9d0;owned\x9c\x00\x07\x08\x7f\u202e\u2066\u200b[bold][/nope][@click=app.bell()]x[/]"
)


class Terminal:
    """The app at the far end of a pseudo-terminal of 80x24."""

    def __init__(self, *arguments: str, **environ: str) -> None:
        self.controller, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1", **environ}
        env.pop("NO_COLOR", None)
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), *arguments],
            stdin=terminal,
            stdout=terminal,
            stderr=subprocess.DEVNULL,
            env=env,
            start_new_session=True,
        )
        os.close(terminal)

    def read(self, until: bytes = b"", seconds: float = 15.0, quiet: float = 0.6) -> bytes:
        """Bytes until `until` was seen, then until nothing came for `quiet` seconds."""
        got = b""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self.controller], [], [], quiet)
            if not ready:
                if until in got:
                    return got
                continue
            try:
                got += os.read(self.controller, 65536)
            except OSError:
                return got
        raise AssertionError(f"{until!r} did not come; the end was {got[-300:]!r}")

    def write(self, keys: bytes) -> None:
        os.write(self.controller, keys)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.controller)


@pytest.fixture
def terminal(tmp_path):
    started: list[Terminal] = []

    def start(*arguments: str, **environ: str) -> Terminal:
        started.append(Terminal(*arguments, XDG_CONFIG_HOME=str(tmp_path), **environ))
        return started[-1]

    yield start
    for one in started:
        one.close()


def assert_only_own(got: bytes) -> None:
    text = OWN.sub(b"", got).decode()
    left = re.search("[\x00-\x06\x08\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", text)
    assert left is None, ascii(text[max(left.start() - 60, 0) : left.end() + 60])
    assert b"\x1b]52" not in got
    assert b"\x1b]0;" not in got
    assert b"\x1b]8" not in got


@pytest.mark.parametrize(
    ("arguments", "screens"),
    [
        (("311",), (b"\t",)),
        ((), (b"z", b"2", b"3", b"8", b"1", b"s", b"\x1b", b"S", b"\x1b", b"v", b"\x1b", b"\r")),
    ],
)
def test_hostile_text_sends_no_byte_of_its_own_to_the_terminal(terminal, arguments, screens):
    app = terminal(*arguments, PAYLOAD=HOSTILE)
    assert_only_own(app.read(b"commands"))
    for keys in screens:
        app.write(keys)
        assert_only_own(app.read("␛".encode()))


def test_copying_is_the_only_clipboard_write_and_is_encoded(terminal):
    app = terminal(PAYLOAD=HOSTILE)
    app.read(b"commands")
    app.write(b"y")
    got = app.read(b"]52;c;")
    found = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", got)
    assert found is not None
    assert b"ZXZpbA==" not in found[1]


def test_a_cursor_move_is_cheap(terminal):
    app = terminal()
    app.read(b"commands", quiet=2.0)
    app.write(b"j")
    assert len(app.read(CURSOR, quiet=1.0)) <= 900


def test_journey_a_group_is_unfolded_marked_and_linked(terminal):
    app = terminal()
    app.read(b"PodCrashLooping", quiet=1.5)
    app.write(b"jjjjj\r")
    app.read(b"thumbnailer-5", quiet=1.5)
    app.write(b" l")
    app.read(b"Link 5 alerts", quiet=1.5)
    app.write(b"okta\r")
    app.read(b"5 alerts linked to INC-309")
    app.write(b"u")
    app.read(b"undone")


def test_journey_a_silence_from_the_keyboard_alone(terminal):
    app = terminal()
    app.read(b"QueueDepthHigh")
    app.write(b"jS")
    app.read(b"hides 1 firing alert now")
    app.write(b"planned work\x13")
    app.read(b"u undoes")
    app.write(b"s")
    app.read(b"S-00000004")


def test_journey_a_filter_is_saved_and_picked_again(terminal):
    app = terminal()
    app.read(b"QueueDepthHigh")
    app.write(b"/service=media\r\x13")
    app.read(b"Save this view")
    app.write(b"pictures\r")
    app.read(b"pictures saved")
    app.write(b"\x1b")
    app.read()
    app.write(b"v")
    app.read(b"pictures")


def test_journey_the_runbook_link_of_an_alert_reaches_the_clipboard(terminal):
    app = terminal()
    app.read(b"QueueDepthHigh")
    app.write(b"jjjjj\r")
    app.read(b"thumbnailer-5", quiet=3.0)
    app.write(b"j\r")
    app.read(b"LABELS")
    app.write(b"r")
    found = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", app.read(b"]52;c;"))
    assert found is not None
    assert base64.b64decode(found[1]) == b"https://runbooks.example.net/pods"


def test_the_terminals_cursor_stands_on_the_row(terminal):
    app = terminal()
    app.read(b"QueueDepthHigh")
    app.write(b"j")
    got = app.read()
    assert got.rstrip().endswith(b"\x1b[6;1H")
    assert b"\x1b[?25l" not in got


def test_a_hangup_keeps_the_draft_and_ends_at_once(terminal, tmp_path):
    drafts = tmp_path / "drafts"
    app = terminal("311", DRAFTS_TO=str(drafts))
    app.read(b"rollback checkout")
    app.write(b"nunsent")
    app.read(b"draft saved")
    began = time.monotonic()
    app.process.send_signal(signal.SIGHUP)
    assert app.process.wait(5) == 129
    assert time.monotonic() - began < 2
    assert "unsent" in drafts.read_text()


def test_a_stalled_terminal_does_not_stop_the_app(terminal, tmp_path):
    drafts = tmp_path / "drafts"
    app = terminal("311", DRAFTS_TO=str(drafts))
    app.read(b"rollback checkout")
    app.write(b"n")
    for _ in range(150):  # nobody reads what this draws: far more than the terminal and the queue can hold
        app.write(b"typed words ")
        time.sleep(0.005)
    wait_for(lambda: drafts.exists() and drafts.read_text().count("typed words") == 150, 90)
    app.process.send_signal(signal.SIGTERM)
    wait_for(lambda: app.process.poll() is not None, 30)
    assert "typed words typed words" in drafts.read_text()


def wait_for(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
