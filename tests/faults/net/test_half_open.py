"""Peers of the listener that vanish without a word, as when a cable is cut: they hold nothing for long."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

ADDRESS, PORT = "10.77.0.1", 9095
KINDS = ("idle", "upload", "download")
ALERTS = 4_000


def call(path: str, body: bytes = b"") -> bytes:
    """A request to the daemon from the network namespace of this process."""
    head = {"Content-Type": "application/json"} if body else {}
    request = urllib.request.Request(f"http://{ADDRESS}:{PORT}{path}", data=body or None, headers=head)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def alerts(first: int, count: int) -> bytes:
    labels = ({"alertname": "fault", "number": str(first + one)} for one in range(count))
    ends = "2100-01-01T00:00:00Z"
    return json.dumps([{"labels": one, "annotations": {"text": "x" * 500}, "endsAt": ends} for one in labels]).encode()


def hold(count: int) -> None:
    """A program: opens `count` connections of each kind, says so, and keeps them."""
    get = b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n"
    post = b"POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n"
    first = {"idle": get % b"/-/healthy", "upload": post + b"[", "download": get % b"/api/v2/alerts"}
    held = []
    for kind in KINDS:
        for _ in range(count):
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect((ADDRESS, PORT))
            sock.send(first[kind])
            if kind != "upload":
                sock.recv(100)  # of a long answer no more than this, and what the kernels hold
            held.append(sock)
    sys.stdout.write(f"{len(held)}\n")
    sys.stdout.flush()
    time.sleep(600)


def established(pid: int) -> int:
    """Connections to the listener, as the kernel knows them (proc_pid_net(5))."""
    lines = Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    fields = [line.split() for line in lines]
    return sum(one[1].endswith(f":{PORT:04X}") and one[3] == "01" for one in fields)


async def test_peers_that_vanish_are_given_up(daemon, two_machines, eventually, experiment, runs):
    near, far = two_machines
    each = runs(20, 3)

    async def python(where, code: str) -> bytes:
        """Run something of this module on one of the two machines."""
        command = [*where, sys.executable, "-c", f"import runpy; here = runpy.run_path({__file__!r}); {code}"]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    async def counted() -> int:
        """By the daemon, without the connection that asks."""
        said = (await python(near, "print(here['call']('/metrics').decode())")).decode()
        (line,) = (one for one in said.splitlines() if one.startswith("incidentd_ingress_connections "))
        return int(float(line.split()[1])) - 1

    daemon.configure(process='[route]\ngroup_wait = "1h"\n')
    own = (daemon.config / "incidentd.toml").read_text().replace("127.0.0.1:0", f"{ADDRESS}:{PORT}")
    (daemon.config / "incidentd.toml").write_text(own)
    daemon.wrap = near
    await daemon.start()
    await python(far, f"[here['call']('/api/v2/alerts', here['alerts'](n, 200)) for n in range(0, {ALERTS}, 200)]")
    code = f"import runpy; runpy.run_path({__file__!r})['hold']({each})"
    holder = await asyncio.create_subprocess_exec(*far, sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    try:
        assert int(await holder.stdout.readline()) == each * len(KINDS)
        assert await counted() == each * len(KINDS)
        subprocess.run([*far, "ip", "link", "set", "far", "down"], check=True)
        began = asyncio.get_running_loop().time()
        gone: list[float] = []

        def all_gone() -> bool:
            left = established(daemon.pid)
            gone.extend([asyncio.get_running_loop().time() - began] * (each * len(KINDS) - left - len(gone)))
            return left == 0

        await eventually(all_gone, 120, "those who vanished are given up")
        assert await counted() == 0
    finally:
        holder.kill()
        await holder.wait()
    subprocess.run([*far, "ip", "link", "set", "far", "up"], check=True)
    await python(far, f"here['call']('/api/v2/alerts', here['alerts']({ALERTS}, 1))")
    known = json.loads(await python(near, "print(here['call']('/api/v2/alerts').decode())"))
    experiment(
        "half-open: peers vanish idle, in an upload, in a download",
        runs=len(gone), lost=ALERTS + 1 - len(known), missed=0, duplicated=None, aimed="given up after 30 s, counted",
        seen=f"first after {gone[0]:.0f} s, last after {gone[-1]:.0f} s; then none is counted",
    )  # fmt: skip
    assert len(known) == ALERTS + 1
