"""Completion: scripts for three shells; ids from the daemon, quickly or not at all."""

import os
import shutil
import subprocess
import sys
import threading
import time

import pytest

from incidentd import wire

PROGRAM = [sys.executable, "-c", "from incidentd.cli.ctl import main; main()"]
HOSTILE = "a\x1b]0;x\x07,b\n\u202e$(id)"


@pytest.fixture
def complete(api):
    """What the shell is told for a line that ends in the word to complete."""

    def ask(line, shell="zsh"):
        words = line.split(" ")
        # fish passes the word itself
        place = words[-1] if shell == "fish" else str(len(words) - 1)
        env = {**os.environ, "INCIDENTD_SOCKET": api.socket_path, "_INCIDENTCTL_COMPLETE": f"{shell}_complete",
               "COMP_WORDS": line, "COMP_CWORD": place}  # fmt: skip
        done = subprocess.run(PROGRAM, env=env, capture_output=True, text=True, check=False, timeout=30)
        assert done.stderr == ""
        return done.stdout

    return ask


@pytest.fixture
def rows(api, canned_with):
    """A firing alert, an active page and open incidents."""

    def fill(text):
        canned = canned_with(text)
        api.on("GET", "/v1/alerts", wire.AlertPage(alerts=(canned.alert(),), next_cursor="", total=1))
        api.on("GET", "/v1/pages", wire.PagePage(pages=(canned.page(),), next_cursor="", total=1))
        incidents = (canned.incident(4), canned.incident(41))
        api.on("GET", "/v1/incidents", wire.IncidentPage(incidents=incidents, next_cursor="", total=2))
        api.on("GET", "/v1/incidents/4", canned.incident_detail())

    return fill


def test_names_of_commands_and_options(complete, api):
    assert "plain,alert" in complete("incidentctl al", "bash").splitlines()
    assert "plain,trace" in complete("incidentctl alert t", "bash").splitlines()
    assert "plain,--if-version" in complete("incidentctl page ack --if", "bash").splitlines()
    assert "plain,mitigation_lead" in complete("incidentctl incident role 4 mit", "bash").splitlines()
    assert api.asked == []


@pytest.mark.parametrize(
    ("line", "expected", "target"),
    [
        ("incidentctl alert trace ", ["A-12"], "/v1/alerts?status=firing&limit=100"),
        ("incidentctl alert ack a-1", ["A-12"], "/v1/alerts?status=firing&limit=100"),
        ("incidentctl page ack ", ["P-3"], "/v1/pages?state=active&limit=100"),
        ("incidentctl incident show INC-4", ["INC-4", "INC-41"], "/v1/incidents?state=open&limit=100"),
        ("incidentctl incident show 41", ["INC-41"], "/v1/incidents?state=open&limit=100"),
        ("incidentctl incident link 4 ", ["A-12"], "/v1/alerts?status=firing&limit=100"),
        ("incidentctl incident status 4 ", ["mitigated", "merged"], "/v1/incidents/4"),
        ("incidentctl incident status 4 MI", ["mitigated"], "/v1/incidents/4"),
    ],
)
def test_what_wants_attention(line, expected, target, complete, rows, api):
    rows("plain")
    assert complete(line, "bash").split() == [f"plain,{one}" for one in expected]
    assert [one.target for one in api.asked] == [target]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_what_it_is_about_is_shown_and_inert(shell, complete, rows):
    rows(HOSTILE)
    said = complete("incidentctl page ack ", shell)
    assert "P-3" in said
    assert "a␛]0;x␇;b <U+202E>$(id)" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)
    assert said.count("\n") == {"zsh": 3, "fish": 1}[shell]


def test_no_daemon_no_word(complete, api):
    api.stop()
    assert complete("incidentctl alert trace ", "bash").strip() == ""


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"pages": 3}', b'{"pages": [1, {"id": "x"}, {}]}', b"[" * 5000])
def test_an_answer_that_makes_no_sense_is_silent(body, complete, api, answer):
    api.on("GET", "/v1/pages", answer(200, body))
    assert complete("incidentctl page ack ", "bash").strip() == ""


def test_all_statuses_when_the_daemon_does_not_say(complete, api):
    assert complete("incidentctl incident status 4 m", "bash").split() == ["plain,mitigated", "plain,merged"]


def test_a_slow_daemon_is_not_waited_for(complete, api):
    held = threading.Event()
    api.answer = lambda *_: held.wait(20) and b""
    begun = time.monotonic()
    assert complete("incidentctl alert trace ", "bash").strip() == ""
    took = time.monotonic() - begun
    held.set()
    assert took < 5


def test_the_socket_that_the_line_names_is_asked(complete, api, rows):
    rows("plain")
    line = f"incidentctl --socket {api.socket_path} page ack "
    assert complete(line, "bash").split() == ["plain,P-3"]


@pytest.mark.parametrize("line", ["incidentctl 'unclosed ", "incidentctl --socket", "nothing"])
def test_a_line_that_is_not_finished(line, complete):
    complete(line, "bash")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell, run):
    script = run("completion", shell).out
    assert f"{shell}_complete" in script
    assert "incidentctl" in script
    assert run("completion", shell, "--json").json == {"shell": shell, "script": script.removesuffix("\n")}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_takes_its_script(shell, run):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    script = run("completion", shell).out
    done = subprocess.run([shell, "-n"], input=script, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_bash_really_completes(run, api, rows, tmp_path):
    if shutil.which("bash") is None:
        pytest.skip("bash is not here")
    rows(HOSTILE)
    script = run("completion", "bash").out
    shim = tmp_path / "incidentctl"
    shim.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from incidentd.cli.ctl import main; main()' \"$@\"\n")
    shim.chmod(0o755)
    ask = (
        "COMP_WORDS=(incidentctl page ack ''); COMP_CWORD=3; _incidentctl_completion incidentctl; echo ${COMPREPLY[@]}"
    )
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "INCIDENTD_SOCKET": api.socket_path}
    done = subprocess.run(["bash", "-c", f"{script}\n{ask}"], env=env, capture_output=True, text=True, check=False)
    assert done.stdout == "P-3\n", done.stderr
