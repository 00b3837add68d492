"""SIGTERM while requests, event streams and deliveries are under way, twice in a row, and SIGHUP without end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from collections import Counter

import pytest

from incidentd.client import Client

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[people.bob]
contacts = [{ notifier = "slow" }]
[policies.default]
steps = [{ targets = ["person:ada", "person:bob"], delay = "1h" }]
"""
PROCESS = '[route]\ngroup_by = ["number"]\ngroup_wait = "0s"\n'


@pytest.fixture
async def slow(vendors):
    """A vendor that takes eight seconds for an answer."""
    return await vendors("slow")


def configure(daemon, sink, slow) -> None:
    urls = {"sink": f"{sink.url}/hook", "slow": f"http://127.0.0.1:{slow.port}/"}
    main = "".join(f'[notifiers.{name}]\ntype = "webhook"\nurl = "{url}"\n' for name, url in urls.items())
    daemon.configure(main=main, roster=ROSTER, process=PROCESS)
    process = daemon.config / "process.toml"
    process.write_text(process.read_text() + 'by_notifier = { slow = ["1/5s"] }\n')


def keys_at(sink) -> Counter:
    return Counter(request.headers["idempotency-key"] for request in sink.requests)


def told_ada(sink) -> set[str]:
    return {json.loads(request.body)["labels"]["number"] for request in sink.requests}


class Load:
    """Senders that try again until they are answered, and streams that are followed."""

    def __init__(self, daemon, session, fault_alert) -> None:
        self._daemon, self._session, self._alert = daemon, session, fault_alert
        self.acknowledged: set[str] = set()
        self._next = 0
        self.over = False
        self._tasks = [asyncio.create_task(self._send()) for _ in range(4)]
        self._tasks += [asyncio.create_task(self._follow()) for _ in range(5)]

    async def _send(self) -> None:
        while not self.over:
            number, self._next = self._next, self._next + 1
            while await self._daemon.post(self._session, [self._alert(number)]) != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            self.acknowledged.add(str(number))
            await asyncio.sleep(0.05)

    async def _follow(self) -> None:
        while not self.over:
            with contextlib.suppress(Exception):
                async with Client(self._daemon.directory / "run" / "api.sock") as client:
                    async for _ in client.events(0):
                        await asyncio.sleep(0)  # until it is cancelled, or the daemon ends it
            await asyncio.sleep(0.1)

    async def finish(self) -> None:
        self.over = True
        senders, streams = self._tasks[:4], self._tasks[4:]
        await asyncio.wait(senders, timeout=60)
        for task in streams:
            task.cancel()
        await asyncio.gather(*streams, return_exceptions=True)


@pytest.mark.parametrize("times", [1, 2])
async def test_it_ends_in_time_and_loses_nothing(
    daemon, sink, session, eventually, fault_alert, experiment, runs, slow, times
):
    rounds = runs(8, 2)
    configure(daemon, sink, slow)
    await daemon.start()
    load = Load(daemon, session, fault_alert)
    loop, ends = asyncio.get_running_loop(), []
    for _ in range(rounds):
        await asyncio.sleep(1.5)
        began = loop.time()
        for _ in range(times - 1):
            daemon.tell(signal.SIGTERM)
            await asyncio.sleep(0.2)
        if daemon.running:
            assert await daemon.end(signal.SIGTERM) == 0
        ends.append(loop.time() - began)
        await daemon.start()
    await load.finish()
    wanted = load.acknowledged
    known = {found["labels"]["number"] for found in await daemon.firing(session)}
    assert wanted <= known
    await eventually(lambda: wanted <= told_ada(sink), 60, "ada hears of all")

    async def all_sent() -> bool:
        return (await daemon.health()).deliveries_waiting == 0

    await eventually(all_sent, 60, "bob too")
    assert (await daemon.health()).deliveries_failed_24h == 0
    keys = keys_at(sink) + Counter(got.key for got in slow.good)
    experiment(
        f"SIGTERM{' twice' if times == 2 else ''} under load: 4 senders, 5 streams, a slow notifier",
        runs=rounds, lost=len(wanted - known), missed=0, duplicated=sum(keys.values()) - len(keys),
        aimed="ends < 40 s", seen=f"worst {max(ends):.1f} s, {len(wanted)} alerts acknowledged",
    )  # fmt: skip


async def test_a_storm_of_reloads_is_a_few(daemon, sink, session, eventually, fault_alert, experiment, runs, slow):
    number = runs(500, 50)
    configure(daemon, sink, slow)
    await daemon.start()
    load = Load(daemon, session, fault_alert)
    for _ in range(number):
        daemon.tell(signal.SIGHUP)
        await asyncio.sleep(0.01)
    daemon.tell(signal.SIGHUP)
    reloads = lambda: daemon.log.read_bytes().count(b'"event": "reloaded"')  # noqa: E731
    await eventually(reloads, 60, "it reloaded")
    began = asyncio.get_running_loop().time()
    assert await daemon.end(signal.SIGTERM) == 0
    took, done = asyncio.get_running_loop().time() - began, reloads()
    await daemon.start()
    await load.finish()
    await eventually(lambda: load.acknowledged <= told_ada(sink), 60, "ada hears of all")
    known = {found["labels"]["number"] for found in await daemon.firing(session)}
    experiment(
        f"SIGHUP x {number} in a row, then SIGTERM", runs=1, lost=len(load.acknowledged - known), missed=0,
        duplicated=sum(keys_at(sink).values()) - len(keys_at(sink)), aimed="ends < 40 s",
        seen=f"{done} reloads, ended in {took:.1f} s, {len(load.acknowledged)} alerts acknowledged",
    )  # fmt: skip
    assert load.acknowledged <= known
