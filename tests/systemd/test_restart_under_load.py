"""Restarts while senders and readers go on that never try twice: connections wait in the sockets, none is refused."""

from __future__ import annotations

import json
import subprocess

import pytest

pytestmark = [pytest.mark.systemd, pytest.mark.timeout(900)]

# Each request has a connection of its own, and no second chance: what happens to it is written down.
CLIENTS = """
import http.client, itertools, json, os, socket, sys, threading, time

taken, failed, slowest = [], [], [0.0]

class Local(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect("/run/incidentd/api.sock")

def exchange(connection, method, path, body=None):
    began = time.monotonic()
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException) as error:
        return repr(error)
    finally:
        connection.close()
        slowest[0] = max(slowest[0], time.monotonic() - began)

def send(who):
    for number in itertools.count():
        if os.path.exists("/run/enough"):
            return
        name = f"s{who}-{number}"
        body = json.dumps([{"labels": {"alertname": name}, "endsAt": "2100-01-01T00:00:00Z"}])
        status = exchange(http.client.HTTPConnection("127.0.0.1", 9095, timeout=900), "POST", "/api/v2/alerts", body)
        (taken if status == 200 else failed).append(name if status == 200 else f"{name}: {status}")
        time.sleep(0.02)

def read(who):
    while not os.path.exists("/run/enough"):
        status = exchange(Local("localhost", timeout=900), "GET", "/v1/info")
        (reads if status == 200 else failed).append(f"reader {who}: {status}")
        time.sleep(0.02)

reads = []
threads = [threading.Thread(target=run, args=(who,)) for run in (send, read) for who in range(int(sys.argv[1]))]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps({"taken": taken, "failed": failed, "reads": len(reads), "slowest": slowest[0]}))
"""
CLIENT_COUNT = 8
PYTHON = "/opt/incidentd/bin/python"


def test_no_connection_is_refused_and_none_is_lost_over_restarts(boot, experiment, runs):
    def quiet(files) -> None:
        (files / "etc/incidentd/process.toml").write_text("[route]\npage = false\n")

    machine = boot("incidentd.service", prepare=quiet)
    machine.ctl("info")
    clients = subprocess.Popen(
        machine.command(PYTHON, "-c", CLIENTS, str(CLIENT_COUNT)), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    times = runs(full=20, quick=5)
    for _ in range(times):
        before = len(machine.stored())
        machine.eventually(lambda before=before: len(machine.stored()) > before + 20, "alerts are taken")
        machine.run("systemctl", "restart", "incidentd.service")
    machine.run("touch", "/run/enough")
    out, err = clients.communicate(timeout=900)
    assert clients.returncode == 0, err
    seen = json.loads(out)
    lost = set(seen["taken"]) - set(machine.stored())
    experiment(
        "restart under load, clients that never try twice",
        runs=times,
        lost=len(lost),
        missed=len(seen["failed"]),
        duplicated=0,
        aimed="none refused, none lost",
        seen=f"{len(seen['taken'])} alerts and {seen['reads']} reads, longest wait {seen['slowest']:.1f} s",
    )
    assert seen["failed"] == []
    assert lost == set()
