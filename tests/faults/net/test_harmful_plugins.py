"""Third-party plugins that raise wherever they can, block for ever, leak or flood: what they harm is theirs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections import Counter

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

HARMFUL = """
import asyncio, logging, os, time
from pathlib import Path
from incidentd.plugin import (
    AdapterConfig, AdapterType, AlertSource, Notifier, Receipt, Route, Signal, SignalKind, WebhookResponse, hookimpl
)

WHERE = os.environ.get("RAISES", "")

def here(place):
    if WHERE == place:
        raise RuntimeError(f"raises in {place}")

here("load")

class Raises(Notifier):
    def __init__(self, config, context): here("create")
    async def send(self, notification):
        here("send")
        return Receipt()
    async def close(self): here("close")

class RaisingSource(AlertSource):
    def __init__(self, config, context): here("create")
    def routes(self):
        here("routes")
        return (Route(method="POST", path="/x", handler=self.decode),)
    async def decode(self, request):
        here("decode")
        return WebhookResponse()
    async def checks(self):
        here("checks")
        return ()
    async def run(self):
        here("run")
        await asyncio.sleep(3600)

class Blocks(Notifier):
    def __init__(self, config, context): pass
    async def send(self, notification):
        Path(os.environ["BLOCKED"]).touch()
        time.sleep(3600)

async def nothing():
    await asyncio.sleep(3600)

class Leaks(AlertSource):
    def __init__(self, config, context): self.kept = []
    def routes(self): return ()
    async def run(self):
        while True:
            self.kept.append(b"x" * 1_000_000)
            self.kept.extend(asyncio.create_task(nothing()) for _ in range(500))
            await asyncio.sleep(0.5)

class Floods(AlertSource):
    def __init__(self, config, context): self.sink = context.sink
    def routes(self): return ()
    async def run(self):
        number = 0
        while True:
            began = time.monotonic()
            batches = []
            for _ in range(10):
                signals = [Signal(kind=SignalKind.FIRING, key=f"flood-{number + n}", labels={"alertname": "flood"})
                           for n in range(100)]
                number += 100
                batches.append(asyncio.create_task(self.sink.submit(signals)))
            for _ in range(1000): logging.getLogger("floods").warning("y" * 200)
            await asyncio.gather(*batches)
            await asyncio.sleep(max(0, began + 0.1 - time.monotonic()))

def kind(name, create): return AdapterType(id=name, config=AdapterConfig, create=create, summary="harmful")

class Plugin:
    @hookimpl
    def incidentd_notifiers(self):
        here("notifiers")
        return [kind("raises", Raises), kind("blocks", Blocks)]
    @hookimpl
    def incidentd_sources(self): return [kind("raises", RaisingSource), kind("leaks", Leaks), kind("floods", Floods)]

class Watching(Plugin):
    @hookimpl
    def incidentd_on_event(self, event):
        here("observe")
        if WHERE == "slow-observer": time.sleep(0.5)
        if WHERE == "hanging-observer": time.sleep(3600)

plugin = Watching()
"""
ROSTER = """
[people.ada]
contacts = [{{ notifier = "{harmful}" }}]
[people.bob]
contacts = [{{ notifier = "sink" }}]
[policies.default]
steps = [{{ targets = ["person:ada", "person:bob"], delay = "1h" }}]
"""
PROCESS = '[route]\ngroup_wait = "0s"\ngroup_by = ["number"]\n'
PLACES = ("load", "notifiers", "create", "routes", "run", "checks", "decode", "send", "observe", "close")


@pytest.fixture
def harmful(daemon, tmp_path):
    """The plugin is installed where the daemon finds it."""
    directory = tmp_path / "plugins"
    directory.mkdir()
    (directory / "harmful_plugin.py").write_text(HARMFUL)
    info = directory / "harmful_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: harmful_plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[incidentd]\nharmful = harmful_plugin:plugin\n")
    daemon.environ["PYTHONPATH"] = os.fspath(directory)
    return directory


def configure(daemon, sink, more: str = "", notifier: str = "raises") -> None:
    main = f'[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n[notifiers.{notifier}]\ntype = "{notifier}"\n'
    daemon.configure(main=main + more, roster=ROSTER.format(harmful=notifier), process=PROCESS)


def paged(sink) -> Counter:
    return Counter(json.loads(request.body)["labels"]["number"] for request in sink.requests)


async def send(daemon, session, fault_alert, numbers) -> dict[str, float]:
    t0 = {}
    for number in numbers:
        t0[str(number)] = asyncio.get_running_loop().time()
        assert await daemon.post(session, [fault_alert(number)]) == 200
    return t0


async def told_of(daemon, eventually, word: str) -> None:
    async def shown() -> bool:
        return any(word in problem for problem in (await daemon.health()).problems)

    await eventually(shown, 20, f"health names {word}")


async def test_it_raises_everywhere(daemon, sink, session, eventually, fault_alert, experiment, harmful):
    configure(daemon, sink, '[sources.raises]\ntype = "raises"\n')
    for number, place in enumerate(PLACES):
        daemon.environ["RAISES"] = place
        await daemon.start()
        await send(daemon, session, fault_alert, [number])
        async with session.post(f"http://127.0.0.1:{daemon.port}/in/raises/x", data=b"{}") as answer:
            assert answer.status in (200, 404, 500)
        await eventually(lambda number=number: str(number) in paged(sink), 20, f"paged although it raises in {place}")
        health = await daemon.health()
        if place not in ("close", "checks"):  # nobody asked for checks, and it is not closed yet
            assert any("raises" in one or "harmful" in one for one in health.problems), (place, health.problems)
        assert await daemon.end(signal.SIGTERM) == 0
    experiment(
        f"plugin raises in {', '.join(PLACES)}", runs=len(PLACES), lost=0, missed=0,
        duplicated=sum(paged(sink).values()) - len(PLACES), aimed="others paged, shown in health", seen="all",
    )  # fmt: skip


async def test_it_blocks_for_ever_and_is_left_out_of_the_third_run(
    daemon, sink, session, eventually, fault_alert, experiment, harmful, tmp_path
):
    blocked, stalls = tmp_path / "blocked", daemon.state / "stalls.json"
    daemon.environ["BLOCKED"] = str(blocked)
    configure(daemon, sink, notifier="blocks")
    began = time.monotonic()
    await daemon.start()
    await send(daemon, session, fault_alert, [0])
    for _ in range(2):
        await eventually(blocked.exists, 20, "it blocks")
        await eventually(lambda: stalls.exists() and b'"present":{' in stalls.read_bytes(), 20, "that is written down")
        blocked.unlink()
        await daemon.end(signal.SIGABRT)  # as the watchdog of systemd does
        await daemon.launch()
    await daemon.ready()
    ready = time.monotonic() - began
    await send(daemon, session, fault_alert, range(1, 6))
    await eventually(lambda: len(paged(sink)) == 6, 30, "bob hears of all")
    await told_of(daemon, eventually, "plugin harmful is LEFT OUT")
    logged = b"".join(file.read_bytes() for file in daemon.directory.glob("log.*"))
    assert b'"plugin": "harmful"' in logged
    counts = paged(sink)
    daemon.tell(signal.SIGHUP)  # somebody says that it is mended
    await eventually(lambda: b'"event": "reloaded"' in daemon.log.read_bytes(), 20, "the reload tries it again")
    experiment(
        "plugin blocks the event loop for ever: killed by the watchdog, left out of the third run",
        runs=2, lost=0, missed=6 - len(counts), duplicated=sum(counts.values()) - 6,
        aimed="others go on, it is named", seen=f"up again without it after {ready:.0f} s, 2 kills",
    )  # fmt: skip


async def test_it_leaks_tasks_and_memory(daemon, sink, session, eventually, fault_alert, experiment, harmful):
    configure(daemon, sink, '[sources.leaks]\ntype = "leaks"\n')
    await daemon.start()
    before = (await daemon.health()).rss_mib
    await send(daemon, session, fault_alert, range(5))
    await eventually(lambda: len(paged(sink)) == 5, 20, "others are paged")
    await told_of(daemon, eventually, "of its tasks run at once")
    health = await daemon.health()
    counts = paged(sink)
    experiment(
        "plugin leaks 1,000 tasks and 2 MiB a second",
        runs=5, lost=0, missed=5 - len(counts), duplicated=sum(counts.values()) - 5,
        aimed="named in health", seen=f"tasks named; {before:.0f} -> {health.rss_mib:.0f} MiB, not told whose",
    )  # fmt: skip


async def test_it_floods(daemon, sink, session, eventually, fault_alert, percentile, experiment, harmful, runs):
    configure(daemon, sink, '[sources.floods]\ntype = "floods"\n')
    await daemon.start()
    number = runs(60, 10)
    acknowledged, told = [], {}
    now = asyncio.get_running_loop().time
    before = (await daemon.health()).rss_mib
    t0: dict[str, float] = {}
    for one in range(number):
        t0 |= await send(daemon, session, fault_alert, [one])
        acknowledged.append(now() - t0[str(one)])
        await asyncio.sleep(0.1)

    def all_told() -> bool:
        for request in sink.requests:
            told.setdefault(json.loads(request.body)["labels"].get("number"), request.at)
        return set(t0) <= set(told)

    await eventually(all_told, 60, "every alert of others is paged")
    waits = [told[one] - t0[one] for one in t0]
    health = await daemon.health()
    experiment(
        "plugin submits 10,000 signals and logs 10,000 lines a second",
        runs=number, lost=0, missed=0, duplicated=None, aimed="others' p99 from alert to sent < 5 s",
        seen=f"acknowledged p99 {percentile(acknowledged, 99):.2f} s, sent p99 {percentile(waits, 99):.2f} s,"
             f" {before:.0f} -> {health.rss_mib:.0f} MiB, log {daemon.log.stat().st_size / 2**20:.0f} MiB",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["slow-observer", "hanging-observer"])
async def test_its_observer_is_slow(daemon, sink, session, eventually, fault_alert, experiment, harmful, kind):
    configure(daemon, sink)
    daemon.environ["RAISES"] = kind
    await daemon.start()
    await send(daemon, session, fault_alert, range(20))
    await eventually(lambda: len(paged(sink)) == 20, 20, "everybody is paged")
    if kind == "hanging-observer":
        await told_of(daemon, eventually, "was cut off")
    began = time.monotonic()
    assert await daemon.end(signal.SIGTERM) == 0
    counts = paged(sink)
    experiment(
        f"plugin: {kind.replace('-', ' ')}", runs=20, lost=0, missed=20 - len(counts),
        duplicated=sum(counts.values()) - 20, aimed="others paged, ends < 40 s",
        seen=f"ends {time.monotonic() - began:.1f} s after SIGTERM",
    )  # fmt: skip
