"""Three nodes in a storm of alerts, what receives their pages, and the count of what became of what was acknowledged.

Senders send to any node and to another one when they are refused. Counted are alerts that were acknowledged and are not
known (lost), pages that never came (missed), and messages that came again, which must be under the same key.
"""

import asyncio
import contextlib
import random
import time
from collections import Counter

import aiohttp
import pytest
from aiohttp import web

from incidentd.client import Client

NAMES = ("one", "two", "three")
SENDERS = 4
SETTLE_SECONDS = 120.0
ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "2h" }]
"""
PROCESS = '[route]\ngroup_by = ["number"]\ngroup_wait = "0s"\n'


def alert(number: int) -> dict:
    return {"labels": {"alertname": "storm", "number": str(number)}, "endsAt": "2100-01-01T00:00:00Z"}


class Pager:
    """Takes pages, each a little late, so that there are always some on their way."""

    def __init__(self) -> None:
        self.pages: list[tuple[float, str, str]] = []  # (when, key, number)
        self.url = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"

    async def _take(self, request: web.Request) -> web.Response:
        labels = (await request.json())["labels"]
        if "number" in labels:  # else a node pages about itself
            self.pages.append((time.monotonic(), request.headers["Idempotency-Key"], labels["number"]))
        await asyncio.sleep(0.5)
        return web.Response(text="{}")

    async def close(self) -> None:
        await self._runner.cleanup()


class Cluster:
    """The nodes, their senders, and a reader of the event stream of each."""

    def __init__(self, nodes, session) -> None:
        self.nodes = nodes
        self.acknowledged: dict[int, float] = {}
        self.refused: Counter[int] = Counter()
        self.taken: dict[str, list[float]] = {name: [] for name in nodes}  # when each node acknowledged something
        self.streams: dict[str, list[int]] = {name: [] for name in nodes}
        self._session = session
        self._next = 0
        self._over = False
        self._tasks: list[asyncio.Task[None]] = []
        self._readers: list[asyncio.Task[None]] = []

    def storm(self, pause: float = 0.15) -> None:
        """One of the senders knows one node only, of which nothing bad happens: it shows whether others hold it up."""
        knows = (NAMES[0], *(None for _ in range(SENDERS - 1)))
        self._tasks = [
            asyncio.create_task(self._send(random.Random(seed), pause, only)) for seed, only in enumerate(knows)
        ]
        self._readers = [asyncio.create_task(self._read(name)) for name in self.nodes]

    async def _send(self, chance: random.Random, pause: float, only: str | None) -> None:
        names = NAMES if only is None else (only,)
        while not self._over:
            batch = range(self._next, self._next + 2)
            self._next += 2
            while (status := await self._post(self.nodes[name := chance.choice(names)], batch)) != 200:
                self.refused[status] += 1
                await asyncio.sleep(0.02)
            self.acknowledged |= dict.fromkeys(batch, time.monotonic())
            self.taken[name].append(time.monotonic())
            await asyncio.sleep(pause)

    async def _post(self, node, batch) -> int:
        url = f"http://127.0.0.1:{node.port}/api/v2/alerts"
        limit = aiohttp.ClientTimeout(total=10)
        try:
            async with self._session.post(url, json=[alert(n) for n in batch], timeout=limit) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0

    async def _read(self, name: str) -> None:
        async with Client(self.nodes[name].directory / "run" / "api.sock", deadline=300) as client:
            async for event in client.events(0):
                self.streams[name].append(event.seq)

    async def finish(self) -> None:
        self._over = True
        async with asyncio.timeout(60):
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        for task in (*self._tasks, *self._readers):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._readers, return_exceptions=True)

    async def ready(self, name: str) -> int:
        url = f"http://127.0.0.1:{self.nodes[name].port}/-/ready"
        try:
            async with self._session.get(url, timeout=aiohttp.ClientTimeout(total=5)) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0

    async def becomes(self, name: str, status: int, seconds: float = 90.0) -> float:
        """How long it takes until `/-/ready` of a node says so."""
        began = time.monotonic()
        while await self.ready(name) != status:
            assert time.monotonic() - began < seconds, f"{name} does not say {status}"
            await asyncio.sleep(0.1)
        return time.monotonic() - began


@pytest.fixture
async def pager():
    made = Pager()
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def make_node(make_daemon_process, pager):
    """`make_node(name, url)` is a node that is configured as all are."""

    def make(name: str, url: str):
        node = make_daemon_process(name)
        (node.directory / "database-url").write_text(url)
        main = f'[notifiers.sink]\ntype = "webhook"\nurl = "{pager.url}"\n'
        main += f'[storage]\nurl = {{ file = "{node.directory / "database-url"}" }}\n'
        main += '[store_down]\nafter = "3s"\n'  # pages from memory would be under other keys, and counted
        node.configure(main=main, roster=ROSTER, process=PROCESS, node=name)
        return node

    return make


@pytest.fixture
async def cluster(make_node, ways, session):
    """Three nodes that run, each with the way to the database that `ways` has for it."""
    nodes = {name: make_node(name, url) for name, url in ways.items()}
    await asyncio.gather(*(node.start() for node in nodes.values()))
    made = Cluster(nodes, session)
    yield made
    await made.close()


@pytest.fixture
def judge(cluster, pager, eventually, experiment):
    """`await judge(name, seen, since)` waits for every page, asserts what was counted, and keeps it."""

    async def judged(name: str, seen: str, since: float, *, may_lose: bool = False) -> None:
        await cluster.finish()
        wanted = {str(number) for number in cluster.acknowledged}
        assert len(wanted) > 50
        left = next(one for one in cluster.nodes.values() if one.running)
        async with aiohttp.ClientSession() as fresh:
            known = {found["labels"]["number"] for found in await left.firing(fresh)}
        lost = wanted - known
        wanted -= lost
        with contextlib.suppress(AssertionError):
            await eventually(lambda: wanted <= {page[2] for page in pager.pages}, SETTLE_SECONDS, "every page")
        await eventually(lambda: settled(left), SETTLE_SECONDS, "nothing waits to be sent, or to be sent again")
        missed = wanted - {page[2] for page in pager.pages}
        keys: dict[str, set[str]] = {}
        for _, key, number in pager.pages:
            keys.setdefault(number, set()).add(key)
        arrived: dict[str, list[float]] = {}
        for at, key, _ in pager.pages:
            arrived.setdefault(key, []).append(at)
        again = len(pager.pages) - len(arrived)
        taken_over = max((times[-1] - since for times in arrived.values() if len(times) > 1), default=None)
        first: dict[str, float] = {}
        for at, _, number in pager.pages:
            first.setdefault(number, at)
        waits = sorted(
            first[str(number)] - at
            for number, at in cluster.acknowledged.items()
            if at >= since - 1 and str(number) in first
        )
        known_by = f"{len(wanted | lost)} alerts"
        late = f"alert to page p99 {waits[int(len(waits) * 0.99)]:.1f} s, at most {waits[-1]:.1f} s"
        over = "" if taken_over is None else f"what was on its way was sent again within {taken_over:.0f} s"
        experiment(
            name,
            runs=1,
            lost=len(lost),
            missed=len(missed),
            duplicated=again,
            aimed="none lost, none missed, again only under the same key, others take over within 30 s",
            seen="; ".join(one for one in (known_by, seen, late, over) if one),
        )
        assert not lost or may_lose
        assert not missed
        if not lost:  # else a page about what was sent again is another one, and so are the events
            assert {number: found for number, found in keys.items() if len(found) > 1} == {}
            await same_streams(cluster, eventually)

    return judged


async def settled(node) -> bool:
    """Whether no message is on its way: what a node was sending when it went is sent again by another."""
    found = await node.health()
    return not (found.alerts_unrouted or found.deliveries_waiting or found.timers_failing)


async def same_streams(cluster, eventually) -> None:
    """Each node that still runs has told every event once, in the same order, without a gap."""
    async with Client(next(n for n in cluster.nodes.values() if n.running).directory / "run" / "api.sock") as client:
        last = (await client.info()).last_seq
    running = [name for name, node in cluster.nodes.items() if node.running]
    for name in running:
        seqs = cluster.streams[name]
        await eventually(lambda seqs=seqs: bool(seqs) and seqs[-1] >= last, 60, f"the stream of {name} reaches {last}")
        assert seqs == list(range(1, seqs[-1] + 1)), f"the stream of {name} has a gap or says something twice"
    assert len(running) >= 2
