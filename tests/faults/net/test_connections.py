"""Peers that connect and do nothing, or little, or vanish: others get in, and people see what is going on."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
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
