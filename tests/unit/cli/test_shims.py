"""The shims that monitoring systems and systemd call: what they hand in, what waits, and how long they take."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from incidentd.cli import unit_facts
from incidentd.cli.unit_facts import recovery
from incidentd.spool import Spool, new_entry

NAGIOS = ("nagios", "-n", "service", "-t", "PROBLEM", "-f", "HOSTNAME=db-1", "-f", "SERVICEDESC=Disk")


class Taken(NamedTuple):
    path: str
    key: str
    authorization: str
    body: Any


class Listener:
    """The daemon's listener: answers with `statuses` one after the other, the last one stays."""

    def __init__(self) -> None:
        self.statuses: list[int] = [202]
        self.taken: list[Taken] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Nothing on standard error."""

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = listener.statuses.pop(0) if len(listener.statuses) > 1 else listener.statuses[0]
                if status == 202:
                    headers = (self.headers["Idempotency-Key"], self.headers.get("Authorization", ""))
                    listener.taken.append(Taken(self.path, *headers, body))
                said = b'{"status":"x","field":"type","message":"is\\u001b[31m wrong"}'
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def spool(tmp_path, monkeypatch) -> Spool:
    monkeypatch.setenv("INCIDENTD_SPOOL", str(tmp_path / "spool"))
    return Spool(tmp_path / "spool")


@pytest.fixture
def nobody(monkeypatch) -> str:
    """An address where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def shim(run, spool, listener, monkeypatch) -> Callable[..., Any]:
    """Run a command that knows the listener and the spool."""
    monkeypatch.setenv("INCIDENTD_URL", listener.url)
    return run


def test_a_notification_is_delivered_and_leaves_nothing(shim, listener, spool):
    done = shim(*NAGIOS, "-k", "s3cret", "-f", "SERVICEOUTPUT=a=b", "-f", "HOSTALIAS=$HOSTALIAS$", "-f", "EMPTY= ")
    assert (done.code, done.out, done.err) == (0, "delivered\n", "")
    (taken,) = listener.taken
    assert (taken.path, taken.authorization) == ("/nagios/notification", "Bearer s3cret")
    assert taken.body.pop("at")
    fields = {"HOSTNAME": "db-1", "SERVICEDESC": "Disk", "SERVICEOUTPUT": "a=b"}
    assert taken.body == {"kind": "service", "type": "PROBLEM", "fields": fields}
    assert spool.names() == []


def test_while_nobody_listens_it_waits_and_the_next_call_keeps_the_order(shim, listener, spool, nobody):
    for number in range(3):
        done = shim(*NAGIOS, "--url", nobody, "-f", f"N={number}")
        assert done.code == 0
        assert done.out.startswith("spooled: the daemon cannot be reached")
    assert len(spool.names()) == 3
    assert shim(*NAGIOS, "-f", "N=3").out == "delivered\n"
    assert [taken.body["fields"]["N"] for taken in listener.taken] == ["0", "1", "2", "3"]
    assert len({taken.key for taken in listener.taken}) == 4
    assert spool.names() == []


def test_a_listener_that_never_answers_costs_no_more_than_the_deadline(shim, spool):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        done = shim(*NAGIOS, "--deadline", "0.3", "--url", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert time.monotonic() - began < 2
    assert (done.code, len(spool.names())) == (0, 1)
    assert done.out.startswith("spooled: ")


@pytest.mark.parametrize("status", [200, 404, 429, 500, 503])
def test_what_may_pass_waits(shim, listener, spool, status):
    listener.statuses = [status]
    done = shim("--json", *NAGIOS)
    assert (done.code, done.json["outcome"], len(spool.names())) == (0, "spooled", 1)
    assert f"{status} type is" in done.json["detail"]
    assert "\x1b" not in done.out


def test_what_is_refused_is_set_aside_and_said_and_holds_up_nothing(shim, listener, spool, nobody):
    shim(*NAGIOS, "--url", nobody, "-f", "N=0")
    listener.statuses = [202, 400]
    done = shim(*NAGIOS, "-f", "N=1")
    assert done.code == 2
    assert "the daemon refused it: 400 type is" in done.err
    assert "\x1b" not in done.err
    assert [taken.body["fields"]["N"] for taken in listener.taken] == ["0"]
    listed = shim("--json", "spool", "list").json["entries"]
    assert [one["state"] for one in listed] == ["refused"]
    assert shim("spool", "retry", listed[0]["entry"]).out == "1 wait again\n"
    listener.statuses = [202]
    assert shim("--json", "spool", "drain").json == {"taken": 1, "refused": [], "stopped": ""}
    assert shim("spool", "list").out.endswith("spool is empty.\n")


def test_an_entry_of_another_call_that_is_refused_is_not_this_calls_fault(shim, listener, spool, nobody):
    shim(*NAGIOS, "--url", nobody)
    listener.statuses = [422, 202]
    assert shim(*NAGIOS).out == "delivered\n"
    assert len(spool.refused()) == 1


def test_garbage_in_the_spool_is_set_aside(shim, listener, spool):
    spool.put(new_entry("/p", 1))
    (spool.directory / f"{1:020d}-{'0' * 16}.json").write_text("{")
    done = shim("spool", "drain")
    assert (done.code, done.out) == (0, "1 taken, 1 refused\n")
    assert spool.refused()[0].reason.startswith("is no entry")


def test_where_the_spool_takes_nothing_it_is_sent_at_once(shim, listener, spool, nobody, monkeypatch):
    spool.put(new_entry("/p", 1))
    monkeypatch.setattr("incidentd.spool.MAX_ENTRIES", 1)
    done = shim(*NAGIOS)
    assert (done.code, done.out) == (0, "delivered\n")
    assert "the spool takes nothing" in done.err
    assert len(listener.taken) == 1
    done = shim(*NAGIOS, "--url", nobody)
    assert done.code == 3
    assert "it is lost" in done.err
    assert "is full" in done.err


def test_a_spool_that_everybody_may_write_to_is_not_used(shim, listener, spool):
    spool.directory.mkdir()
    spool.directory.chmod(0o777)
    assert "chmod o-w" in shim(*NAGIOS).err
    assert len(listener.taken) == 1


def test_many_at_once_lose_nothing_and_double_nothing(spool, listener, monkeypatch):
    environ = {**os.environ, "INCIDENTD_SPOOL": str(spool.directory), "INCIDENTD_URL": listener.url}
    command = [sys.executable, "-c", "import sys; from incidentd.cli.ctl import run; sys.exit(run(sys.argv[1:]))"]
    started = [
        subprocess.Popen([*command, *NAGIOS, "-q", "--deadline", "30", "-f", f"N={n}"], env=environ) for n in range(12)
    ]
    assert [one.wait(60) for one in started] == [0] * 12
    assert spool.names() == []
    assert sorted(int(taken.body["fields"]["N"]) for taken in listener.taken) == list(range(12))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-n", "host", "-t", "PROBLEM"), "needs -f HOSTNAME"),
        (("-n", "service", "-t", "PROBLEM", "-f", "HOSTNAME=x"), "needs -f SERVICEDESC"),
        (("-n", "host", "-t", "PROBLEM", "-f", "HOSTNAME=$HOSTNAME$"), "needs -f HOSTNAME"),
        (("-n", "host", "-t", "PROBLEM", "-f", "HOSTNAME"), "is not NAME=VALUE"),
        (("-n", "thing", "-t", "PROBLEM"), "'thing' is not one of"),
        (("-n", "host", "-t", "PROBLEM", "-f", "HOSTNAME=x", "--url", "ftp://x"), "is no address like"),
        (("-n", "host", "-t", "PROBLEM", "-f", "HOSTNAME=x", "--url", "http://x:99999"), "is no address like"),
        (("-n", "host", "-t", "PROBLEM", "-f", "HOSTNAME=x", "-k", "a\nb"), "characters that no key has"),
        (("-n", "host", "-t", "PROBLEM", "-f", "HOSTNAME=x", "--key-file", "/nowhere"), "--key-file cannot be read"),
    ],
)
def test_a_wrong_command_line_is_said_and_nothing_is_spooled(shim, spool, words, said):
    done = shim("nagios", *words)
    assert done.code == 2
    assert said in done.err
    assert spool.names() == []


def test_a_key_may_stand_in_a_file(shim, listener, tmp_path):
    (tmp_path / "key").write_text("from-a-file\n")
    shim(*NAGIOS, "--key-file", str(tmp_path / "key"))
    assert listener.taken[0].authorization == "Bearer from-a-file"


# ---------------------------------------------------------------- units
PROGRAM = """#!{python}
import json, os, sys
known = json.load(open(os.environ["UNITS"]))
name = sys.argv[-1]
if sys.argv[0].endswith("journalctl"):
    sys.stdout.buffer.write(b"\\x1b[31mred\\xff\\n" + b"x" * 20000)
else:
    for pair in known.get(name, {{"LoadState": "not-found", "ActiveState": "inactive"}}).items():
        print("=".join(pair))
"""


@pytest.fixture
def units(shim, tmp_path, monkeypatch) -> Callable[[dict[str, dict[str, str]]], None]:
    """Programs that stand for systemctl and journalctl; sets what systemd knows."""
    for name in ("systemctl", "journalctl"):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(PROGRAM.format(python=sys.executable))
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("UNITS", str(tmp_path / "units.json"))
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "notes"))

    def are(known: dict[str, dict[str, str]]) -> None:
        (tmp_path / "units.json").write_text(json.dumps(known))

    are({})
    return are


UNIT = r"my\x2dapp@a\x2db.service"
FAILED = {"Description": "My app", "ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "3"}


def test_a_failure_tells_result_and_journal_within_bounds(shim, listener, units, tmp_path):
    units({UNIT: FAILED})
    assert shim("unit", "failed", "--host", "db-1", "--", UNIT).out == "delivered\n"
    (taken,) = listener.taken
    assert taken.path == "/systemd/unit"
    assert (taken.body["unit"], taken.body["host"], taken.body["state"]) == (UNIT, "db-1", "failed")
    assert taken.body["properties"] == FAILED
    journal = taken.body["journal"]
    assert len(journal) == unit_facts.JOURNAL_CHARACTERS
    assert "\x1b" not in journal
    assert [path.name for path in (tmp_path / "notes").iterdir()] == [UNIT]


def test_what_systemd_told_the_handler_counts_more_than_what_it_says_later(shim, listener, units, monkeypatch):
    units({UNIT: {"ActiveState": "active", "Result": "success", "ExecMainStatus": "0"}})
    monitor = {"UNIT": UNIT, "SERVICE_RESULT": "signal", "EXIT_STATUS": "KILL", "INVOCATION_ID": "ab12"}
    for name, value in monitor.items():
        monkeypatch.setenv(f"MONITOR_{name}", value)
    shim("unit", "failed", UNIT)
    properties = listener.taken[0].body["properties"]
    assert (properties["Result"], properties["ExecMainStatus"], properties["InvocationID"]) == (
        "signal",
        "KILL",
        "ab12",
    )


def test_a_unit_that_is_well_again_is_told_once(shim, listener, units, tmp_path):
    units({UNIT: FAILED, "b.service": FAILED})
    for name in (UNIT, "b.service"):
        shim("unit", "failed", "--host", "db-1", name)
    assert shim("--json", "unit", "check").json["outcome"] == "nothing"
    units({UNIT: {"ActiveState": "active", "Result": "success"}, "b.service": FAILED})
    assert shim("unit", "check").out == "delivered\n"
    last = listener.taken[-1].body
    assert (last["unit"], last["host"], last["state"], last["why"]) == (UNIT, "db-1", "recovered", "it is active again")
    assert [path.name for path in (tmp_path / "notes").iterdir()] == ["b.service"]
    assert shim("unit", "check").out == ""
    assert len(listener.taken) == 3


def test_a_recovery_that_cannot_be_spooled_is_told_later(shim, listener, units, spool, nobody, tmp_path):
    shim("unit", "failed", UNIT)
    spool.directory.chmod(0o777)
    assert shim("unit", "check", "--url", nobody).code == 3
    spool.directory.chmod(0o700)
    assert shim("unit", "check").out == "delivered\n"
    assert listener.taken[-1].body["why"] == "there is no such unit any more"


def test_without_systemd_and_without_notes_a_failure_is_told(shim, listener, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "file").write_text("")
    done = shim("unit", "failed", "--state", str(tmp_path / "file"), "backup.service")
    assert (done.code, done.out) == (0, "delivered\n")
    assert "a recovery will not be seen" in done.err
    assert (listener.taken[0].body["properties"], listener.taken[0].body["journal"]) == ({}, "")


@pytest.mark.parametrize("name", ["", "a b", "../x.service", "a/b", "x" * 256, "."])
def test_what_is_no_units_name_is_refused(shim, spool, units, name):
    assert shim("unit", "failed", "--", name).code == 2
    assert spool.names() == []


@pytest.mark.parametrize(
    ("properties", "well"),
    [
        ({}, False),
        ({"ActiveState": "failed", "Result": "exit-code"}, False),
        ({"ActiveState": "activating", "Result": "exit-code"}, False),
        ({"ActiveState": "activating", "Result": "success"}, False),
        ({"ActiveState": "inactive", "Result": "exit-code"}, False),
        ({"ActiveState": "inactive", "Result": "success"}, True),
        ({"ActiveState": "active", "Result": "success"}, True),
        ({"ActiveState": "inactive", "LoadState": "not-found"}, True),
    ],
)
def test_when_a_unit_counts_as_recovered(properties, well):
    assert bool(recovery(properties)) is well


def test_retry_and_list_of_a_missing_spool(shim, tmp_path):
    assert shim("spool", "retry").code == 2
    assert shim("spool", "retry", "nothing").code == 4
    assert shim("spool", "retry", "--all").out == "0 wait again\n"
    assert shim("--json", "spool", "list", "--spool", str(tmp_path / "none")).json["entries"] == []


def test_drain_says_that_something_is_left(shim, spool, nobody):
    spool.put(new_entry("/p", 1))
    done = shim("spool", "drain", "--url", nobody)
    assert done.code == 3
    assert "entries are left: the daemon cannot be reached" in done.err
