"""Kills and restarts during ingest and delivery: the acknowledged is kept, every page goes out, nothing is stuck."""

import asyncio
import random
import signal

import pytest

KILLS = {"sqlite": 200, "postgresql": 100}
"""How often it is killed."""


async def run_and_end(daemon, session, flood, ends: int, number: signal.Signals, pause: float):
    chance = random.Random(ends)
    await daemon.start()
    senders = flood.Senders(daemon, session, pause)
    for _ in range(ends):
        await asyncio.sleep(chance.uniform(0.05, 0.7))
        status = await daemon.end(number)
        assert status == (0 if number is signal.SIGTERM else -number)
        await daemon.start()
    await senders.finish()
    return senders


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_few_ends_lose_nothing(daemon, sink, session, eventually, flood, number):
    flood.configure(daemon, sink)
    senders = await run_and_end(daemon, session, flood, 3 if number is signal.SIGKILL else 2, number, pause=0.2)
    count = await flood.settled(daemon, sink, session, eventually, senders.acknowledged)
    assert (count.lost, count.missed) == (0, 0)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_many_ends_lose_nothing(
    daemon, sink, session, eventually, flood, engine_name, database_url, number, experiment, runs
):
    flood.configure(daemon, sink, database_url if engine_name == "postgresql" else "")
    ends = runs(KILLS[engine_name] if number is signal.SIGKILL else 20, 3)
    senders = await run_and_end(daemon, session, flood, ends, number, pause=0.3)
    count = await flood.settled(daemon, sink, session, eventually, senders.acknowledged)
    experiment(
        f"{number.name} during ingest and delivery, {engine_name}",
        runs=ends,
        seen=f"{len(senders.acknowledged)} alerts acknowledged, {count.keys} messages",
        **count.columns,
    )
    assert (count.lost, count.missed) == (0, 0)
