"""How a command ends when something is wrong: exit codes, what is said and to whom, tries over a restart."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from incidentd import wire
from incidentd.cli import ctl, session

PROGRAM = [sys.executable, "-c", "from incidentd.cli.ctl import main; main()"]


def test_a_refusal_for_a_program_is_json_on_standard_error(api, run):
    api.refuse("GET", "/v1/alerts/12", 404, "there is no alert A-12\x1b", remedy="look")
    done = run("alert", "show", "12", "--json")
    assert (done.code, done.out) == (4, "")
    assert done.err.count("\n") == 1
    assert "\x1b" not in done.err
    assert json.loads(done.err) == {
        "type": "urn:incidentd:x", "title": "No", "status": 404, "detail": "there is no alert A-12\x1b", "field": "",
        "remedy": "look", "current": None, "exit_code": 4,
    }  # fmt: skip


def test_a_conflict_tells_the_version_that_stands(api, run):
    api.refuse("POST", "/v1/pages/3/resolve", 409, "P-3 has changed meanwhile", current={"id": 3, "version": 9})
    done = run("page", "resolve", "3", "--if-version", "8")
    assert done.code == 5
    assert done.err == "incidentctl: P-3 has changed meanwhile\n  now at version: 9\n"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"title": 3}', b"[" * 5000])
def test_a_refusal_without_a_problem_document(body, api, run, answer):
    api.on("GET", "/v1/info", answer(418, body, "text/html"))
    done = run("info")
    assert (done.code, done.err) == (5, "incidentctl: the daemon answered with status 418\n")


@pytest.mark.parametrize(
    ("status", "code"), [(400, 2), (401, 5), (404, 4), (405, 2), (412, 5), (413, 2), (422, 2), (429, 5), (501, 6)]
)
def test_a_status_alone_says_how_a_command_ends(status, code, api, run, answer):
    api.on("GET", "/v1/info", answer(status, b""))
    assert run("info").code == code


@pytest.mark.parametrize("status", [301, 304, 500, 502])
def test_a_status_that_the_api_does_not_know_is_the_daemons_fault(status, api, run, answer):
    api.on("GET", "/v1/info", answer(status, b""))
    assert run("info").code == 6


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH_9\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100 + b"\n"])
def test_something_else_listens_there(garbage, api, run):
    api.on("GET", "/v1/info", garbage)
    done = run("info")
    assert done.code == 6
    assert done.err.startswith("incidentctl: the daemon's answer is not understood: it is no HTTP")


@pytest.mark.parametrize("broken", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"])
def test_an_answer_that_breaks_off_is_asked_for_again_under_the_same_key(broken, api, run, canned, answer):
    good = answer(200, wire_json(canned.page()))
    api.on("POST", "/v1/pages/3/resolve", broken, broken, good)
    assert run("page", "resolve", "3", timeout=5).code == 0
    assert len(api.asked) == 3
    assert len({one.headers["idempotency-key"] for one in api.asked}) == 1


def wire_json(struct):
    import msgspec

    return msgspec.json.encode(struct)


def test_a_change_over_a_restart_is_made_with_one_key(api, run, canned):
    api.on("POST", "/v1/alerts/12/resolve", b"", canned.alert())
    original = api.answer

    def stop_once(method, target):
        found = original(method, target)
        if found == b"":
            threading.Thread(target=restart).start()
        return found

    def restart():
        api.stop()
        time.sleep(0.3)
        api.start()

    api.answer = stop_once
    assert run("alert", "resolve", "12", timeout=10).code == 0
    first, second = api.asked
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_a_busy_daemon_is_asked_again_until_the_time_is_up(api, run, canned, answer):
    busy = answer(503, wire_json(wire.Problem(type="x", title="busy", status=503)))
    api.on("GET", "/v1/info", busy, busy, answer(200, wire_json(canned.info())))
    assert run("info", timeout=5).code == 0
    api.on("GET", "/v1/info", busy)
    done = run("info", timeout=0.3)
    assert (done.code, done.err) == (6, "incidentctl: busy\n")


def test_a_silent_daemon_is_left_when_the_time_is_up(api, run):
    held = threading.Event()
    api.answer = lambda *_: held.wait(10) and b""
    begun = time.monotonic()
    done = run("info", timeout=0.3)
    held.set()
    assert done.code == 3
    assert time.monotonic() - begun < 3


def test_a_person_is_told_what_is_waited_for(api, run, monkeypatch):
    monkeypatch.setattr(session, "_SAY_AFTER", 0.05)
    monkeypatch.setattr(sys.stderr.__class__, "isatty", lambda _: True)
    api.stop()
    assert f"no answer from {api.socket_path} yet, trying for 0.4 s\n" in run("info").err


def test_a_socket_that_is_not_ours_is_said(api, run):
    from incidentd import unixsocket

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unixsocket, "check_directory", refuse)
        begun = time.monotonic()
        done = run("info", timeout=30)
    assert time.monotonic() - begun < 5
    assert done.code == 3
    assert "remedy: ask an administrator" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["--nope"], ["nope"], ["alert"], ["alert", "nope"], ["alert", "trace"], ["alert", "trace", "P-3"],
        ["alert", "trace", "0"], ["alert", "trace", "A-\x1b1"], ["alert", "trace", "1", "--limit", "3"],
        ["alert", "trace", "99999999999999999"], ["alert", "send", "x", "-l", "nolabel"],
        ["alert", "send", "x", "-l", "=y"], ["alert", "list", "--limit", "0"], ["alert", "list", "--limit", "1001"],
        ["page", "send", "x"], ["page", "send", "x", "--service", "a", "--person", "b"],
        ["page", "list", "--state", "nope"], ["incident", "edit", "4"], ["incident", "status", "4", "flying"],
        ["incident", "severity", "4", "SEV6"], ["incident", "role", "4", "boss", "ada"],
        ["incident", "role", "4", "scribe"],
        ["incident", "declare", "x", "--started-at", "\x1bnow"], ["incident", "declare", "x", "--alert", "P-1"],
        ["incident", "update", "4", "x"], ["incident", "update", "4", "x", "--phase", "guessing"],
        ["incident", "update", "4", "x", "--phase", "resolved", "--next-in", "0m"], ["incident", "link", "4"],
        ["api", "BREW", "/v1/x"], ["api", "GET", "v1/x"], ["api", "GET", "/v1/x y"], ["api", "GET", "/v1/ü"],
        ["api", "GET", "/v1/x\r\nHost: y"], ["api", "POST", "/v1/x", "--data", "/does/not/exist"],
        ["api", "POST", "/v1/x", "--data", "a\x00b"], ["page", "ack", "3", "--if-version", "0"],
        ["--timeout", "0", "info"], ["completion", "powershell"], ["events", "--after", "-1"],
    ],
)  # fmt: skip
def test_a_wrong_command_line_asks_nothing(words, api, run):
    done = run(*words)
    # A name that is no command may be what the team calls its reviews.
    asked = [one for one in api.asked if (words, one.target) != (["nope"], "/v1/info")]
    assert (done.code, done.out, asked) == (2, "", [])
    assert done.err
    assert "\x1b" not in done.err
    assert "Traceback" not in done.err


def test_ctrl_c(api, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "request", interrupted)
    assert ctl.run(["--socket", api.socket_path, "info"]) == 130
    assert capsys.readouterr() == ("", "")


def program(api, *words, **options):
    env = {**os.environ, "INCIDENTD_SOCKET": api.socket_path}
    return subprocess.Popen([*PROGRAM, *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


@pytest.fixture
def heeding_ctrl_c():
    """What is ignored here, as in a job that a shell runs in the background, a process that is started ignores too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeding_ctrl_c")
def test_ctrl_c_in_a_process(api, canned):
    api.on("GET", "/v1/info", canned.info())
    with program(api, "--timeout", "30", "events", "--follow") as process:
        api.on("GET", "/v1/events", b"")
        while len(api.asked) < 2:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err


def test_a_reader_that_goes_away(api, canned):
    many = tuple(canned.alert(summary="x" * 500) for _ in range(900))
    api.on("GET", "/v1/alerts", wire.AlertPage(alerts=many, next_cursor="", total=900))
    with program(api, "alert", "list") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(10) == 141
        assert process.stderr is not None
        assert process.stderr.read() == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_output_that_cannot_be_written(api, canned):
    api.on("GET", "/v1/info", canned.info())
    with open("/dev/full", "wb") as full:
        env = {**os.environ, "INCIDENTD_SOCKET": api.socket_path}
        done = subprocess.run([*PROGRAM, "info"], env=env, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 6
    assert b"Traceback" not in done.stderr


def test_a_terminal_without_unicode(api, canned):
    api.on("GET", "/v1/alerts/12/trace", canned.trace(name="Größe 漢字", page_state="resolved"))
    env = {**os.environ, "INCIDENTD_SOCKET": api.socket_path, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*PROGRAM, "alert", "trace", "12"], env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"Gr\\xf6\\xdfe" in done.stdout
    assert b"* plain" in done.stdout
