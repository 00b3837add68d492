"""Kills and restarts during ingest and delivery: the acknowledged is kept, every page goes out, nothing is stuck."""

import asyncio
import json
import random
import signal
from collections import defaultdict

import pytest

BATCH = 8
SENDERS = 3
SETTLE_SECONDS = 120.0
ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[people.bob]
contacts = [{ notifier = "sink" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "1s" }, { targets = ["person:bob"], delay = "2h" }]
"""
# One group and one page for each alert; half of them wait for a durable timer first.
PROCESS = """
[route]
group_by = ["number"]
group_wait = "1s"
[[route.routes]]
match = ["wait=no"]
group_wait = "0s"
"""


def alert(number: int) -> dict:
    wait = "no" if number % 2 else "yes"
    labels = {"alertname": "fault", "number": str(number), "wait": wait}
    return {"labels": labels, "annotations": {"summary": "fault"}, "endsAt": "2100-01-01T00:00:00Z"}


class Senders:
    """Send new alerts for as long as they may, and each batch again and again until it is acknowledged."""

    def __init__(self, daemon, session, pause: float) -> None:
        self.acknowledged: list[int] = []
        self.refused: set[int] = set()
        self._daemon = daemon
        self._session = session
        self._pause = pause
        self._next = 0
        self._over = False
        self._tasks = [asyncio.create_task(self._send()) for _ in range(SENDERS)]

    async def _send(self) -> None:
        while not self._over:
            batch = range(self._next, self._next + BATCH)
            self._next += BATCH
            while (status := await self._daemon.post(self._session, [alert(n) for n in batch])) != 200:
                self.refused.add(status)
                await asyncio.sleep(0.05)
            self.acknowledged += batch
            await asyncio.sleep(self._pause)

    async def finish(self) -> None:
        """Let what is under way be acknowledged."""
        self._over = True
        async with asyncio.timeout(60):
            await asyncio.gather(*self._tasks)


async def run_and_end(daemon, session, ends: int, number: signal.Signals, pause: float) -> Senders:
    chance = random.Random(ends)
    await daemon.start()
    senders = Senders(daemon, session, pause)
    for _ in range(ends):
        await asyncio.sleep(chance.uniform(0.05, 0.7))
        status = await daemon.end(number)
        assert status == (0 if number is signal.SIGTERM else -number)
        await daemon.start()
    await senders.finish()
    return senders


def pages_by_recipient(sink) -> dict[tuple[str, str], set[str]]:
    """(alert number, recipient) -> idempotency keys; a key that comes again must say the same."""
    said: dict[str, dict] = {}
    keys: dict[tuple[str, str], set[str]] = defaultdict(set)
    for request in sink.requests:
        key, body = request.headers["idempotency-key"], json.loads(request.body)
        assert body["kind"] == "page"
        assert body["idempotency_key"] == key
        told = {name: body[name] for name in ("thread", "recipient", "title", "body", "reason", "labels", "created_at")}
        assert said.setdefault(key, told) == told
        keys[body["labels"]["number"], body["recipient"]].add(key)
    return keys


async def assert_nothing_lost(daemon, sink, session, eventually, senders) -> None:
    wanted = {(str(number), person) for number in senders.acknowledged for person in ("ada", "bob")}
    assert wanted
    known = {found["labels"]["number"] for found in await daemon.firing(session)}
    assert {number for number, _ in wanted} <= known
    await eventually(lambda: wanted <= set(pages_by_recipient(sink)), SETTLE_SECONDS, "every page delivered")

    async def settled() -> bool:
        health = await daemon.health()
        waiting = (health.alerts_unrouted, health.timers_due, health.timers_failing, health.deliveries_waiting)
        return not any(waiting)

    await eventually(settled, SETTLE_SECONDS, "nothing unrouted, no timer due or failing, no delivery waiting")
    assert {len(keys) for keys in pages_by_recipient(sink).values()} == {1}
    assert (await daemon.health()).deliveries_failed_24h == 0


def configure(daemon, sink, storage: str = "") -> None:
    main = f'[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n'
    if storage:
        (daemon.directory / "database-url").write_text(storage)
        main += f'[storage]\nurl = {{ file = "{daemon.directory / "database-url"}" }}\n'
    daemon.configure(main=main, roster=ROSTER, process=PROCESS)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_few_ends_lose_nothing(daemon, sink, session, eventually, number):
    configure(daemon, sink)
    senders = await run_and_end(daemon, session, 3 if number is signal.SIGKILL else 2, number, pause=0.2)
    await assert_nothing_lost(daemon, sink, session, eventually, senders)


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_fifty_ends_lose_nothing(
    daemon, sink, session, eventually, engine_name, database_url, number, experiment
):
    configure(daemon, sink, database_url if engine_name == "postgresql" else "")
    ends = 50 if number is signal.SIGKILL else 20
    senders = await run_and_end(daemon, session, ends, number, pause=0.1)
    await assert_nothing_lost(daemon, sink, session, eventually, senders)
    keys = {request.headers["idempotency-key"] for request in sink.requests}
    sent_again = len(sink.requests) - len(keys)
    experiment(
        f"{number.name} during ingest and delivery, {engine_name}",
        runs=ends,
        duplicated=sent_again,
        seen=f"{len(senders.acknowledged)} alerts acknowledged, {len(keys)} messages",
    )
