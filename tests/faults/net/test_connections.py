"""Peers that connect and do nothing, or little, or vanish: others get in, and people see what is going on."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import resource
import sys
from pathlib import Path

import pytest

from incidentd.client import Client

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

QUIET = '[route]\ngroup_wait = "1h"\n'
FLOOD = Path(__file__).with_name("flood.py")


class Flood:
    """A process of its own that holds so many connections for so long."""

    def __init__(self, port: int, count: int, kind: str, seconds: float) -> None:
        self._command = (sys.executable, str(FLOOD), str(port), str(count), kind, str(seconds))
        self.opened = 0

    async def run(self) -> None:
        self.process = await asyncio.create_subprocess_exec(*self._command, stdout=asyncio.subprocess.PIPE)
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.held, self.opened = map(int, line.split())
        await self.process.wait()

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


async def measured(daemon, session, alerts, seconds: float) -> tuple[list[float], list[float], int]:
    """(seconds of each call of the API, of each new sender that is acknowledged, senders that were refused)."""
    loop, ends = asyncio.get_running_loop(), asyncio.get_running_loop().time() + seconds
    calls: list[float] = []
    sent: list[float] = []
    refused = 0

    async def ask() -> None:
        async with Client(daemon.directory / "run" / "api.sock") as client:
            while loop.time() < ends:
                began = loop.time()
                await client.info()
                calls.append(loop.time() - began)
                await asyncio.sleep(0.02)

    asking = asyncio.create_task(ask())
    while loop.time() < ends:
        began = loop.time()
        if await daemon.post(session, [next(alerts)]) == 200:
            sent.append(loop.time() - began)
        else:
            refused += 1
        await asyncio.sleep(0.05)
    await asking
    return calls, sent, refused


def resident(pid: int) -> float:
    """MiB."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def processor(pid: int) -> float:
    """Seconds of a core that it used."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("kind", ["idle", "head", "body"])
async def test_ten_thousand_connections(daemon, session, fault_alert, percentile, experiment, runs, kind):
    count, seconds = runs(10_000, 1_000), 15
    daemon.configure(process=QUIET)
    await daemon.start()
    before = resident(daemon.pid)
    alerts = map(fault_alert, itertools.count())
    quiet, before_it, _ = await measured(daemon, session, alerts, 3)
    flood = Flood(daemon.port, count, kind, seconds + 20)
    flooding = asyncio.create_task(flood.run())
    try:
        await asyncio.sleep(5)
        calls, sent, refused = await measured(daemon, session, alerts, seconds)
        after = resident(daemon.pid)
    finally:
        flood.end()
        await flooding
    known = len(await daemon.firing(session))
    experiment(
        f"connections: {count} of one host, 200 addresses, {kind}",
        runs=len(sent) + refused, lost=max(0, len(before_it) + len(sent) - known), missed=refused, duplicated=None,
        aimed="API p99 < 100 ms; every new sender gets in",
        seen=f"API p99 {percentile(calls, 99) * 1000:.0f} ms ({percentile(quiet, 99) * 1000:.0f} without),"
             f" sender p99 {percentile(sent, 99) * 1000:.0f} ms,"
             f" {flood.opened} opened, {before:.0f} -> {after:.0f} MiB",
    )  # fmt: skip
    assert refused == 0
    assert known >= len(before_it) + len(sent)


async def test_descriptors_run_out(daemon, session, fault_alert, percentile, experiment, eventually):
    """More peers than descriptors, of a process that may open few: the socket API has some left, nothing spins."""
    daemon.configure(process=QUIET)
    daemon.wrap = ("prlimit", "--nofile=300:300")
    await daemon.start()
    flood = Flood(daemon.port, 1000, "idle", 20)
    flooding = asyncio.create_task(flood.run())
    alerts = map(fault_alert, itertools.count())
    try:
        await asyncio.sleep(3)
        calls, sent, refused = await measured(daemon, session, alerts, 5)
        problems = (await daemon.health()).problems
    finally:
        flood.end()
        await flooding
    assert any("the listener is full (150 connections)" in problem for problem in problems)

    # Far below what is open: accept itself fails, and so does what it would take to close who waits.
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (10, 300))
    before = processor(daemon.pid)
    socks = []
    for _ in range(50):
        reader_writer = await asyncio.open_connection("127.0.0.1", daemon.port)
        socks.append(reader_writer[1])
    await asyncio.sleep(3)
    spun = (processor(daemon.pid) - before) / 3
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (300, 300))
    for one in socks:
        one.close()

    async def well() -> bool:
        return await daemon.post(session, [next(alerts)]) == 200

    await eventually(well, 20, "it recovers by itself")
    experiment(
        "descriptors: 300 for 1,000 peers, then none",
        runs=len(sent) + refused, lost=0, missed=refused, duplicated=None,
        aimed="API answers, new senders get in, nothing spins",
        seen=f"API p99 {percentile(calls, 99) * 1000:.0f} ms, {spun * 100:.1f} % of a core while accept fails",
    )  # fmt: skip
    assert refused == 0


async def test_a_stream_that_nobody_reads(daemon, session, fault_alert, percentile, experiment, eventually, runs):
    daemon.configure(process=QUIET)
    await daemon.start()
    path = str(daemon.directory / "run" / "api.sock")
    deaf = []
    for _ in range(20):
        _, writer = await asyncio.open_unix_connection(path, limit=2**10)
        writer.write(b"GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
        deaf.append(writer)
    before = resident(daemon.pid)
    for number in range(runs(60, 10)):
        batch = [fault_alert(number * 200 + n, padding="x" * 400) for n in range(200)]
        assert await daemon.post(session, batch) == 200
    calls, _, _ = await measured(daemon, session, map(fault_alert, itertools.count(10**6)), 3)

    def dropped() -> bool:
        with open(f"/proc/{daemon.pid}/net/unix", encoding="ascii") as file:
            return sum(path in line and line.split()[5] == "03" for line in file) < len(deaf)

    await eventually(dropped, 90, "those that read nothing are dropped")
    experiment(
        "event stream: 20 peers that read nothing", runs=len(deaf), lost=0, missed=0, duplicated=None,
        aimed="API p99 < 100 ms, memory bounded",
        seen=f"API p99 {percentile(calls, 99) * 1000:.0f} ms, {before:.0f} -> {resident(daemon.pid):.0f} MiB",
    )  # fmt: skip
    for one in deaf:
        one.close()
