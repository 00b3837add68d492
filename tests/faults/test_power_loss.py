"""The power goes while alerts come in: what was acknowledged is there when it is back. Without flushes it is not."""

import asyncio
import random
import signal

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

WEAKER = """
import os, sqlite3

class Weaker(sqlite3.Connection):
    def execute(self, sql, *rest):
        return super().execute(sql.replace("synchronous=FULL", "synchronous=" + os.environ["SYNCHRONOUS"]), *rest)

connect = sqlite3.connect
sqlite3.connect = lambda *args, **more: connect(*args, **{"factory": Weaker, **more})
"""


async def cut_again_and_again(daemon, session, power, flood, cuts: int) -> tuple[list[int], int, int]:
    """(acknowledged, sectors lost with the caches, sectors that were in them); the disk has power at the end."""
    await power.begin_first(daemon)
    chance = random.Random(cuts)
    acknowledged: list[int] = []
    lost = cached = after = 0
    for _ in range(cuts):
        await daemon.start()
        senders = flood.Senders(daemon, session, 0.0, after)
        await asyncio.sleep(chance.uniform(0.1, 1.0))
        gone, held = await power.cut()
        lost, cached = lost + gone, cached + held
        await daemon.end(signal.SIGKILL)
        await senders.stop()
        acknowledged += senders.acknowledged
        after = senders.next
        await power.unplug()
        await power.begin()
    return acknowledged, lost, cached


async def test_power_cuts_lose_nothing_acknowledged(daemon, sink, session, eventually, power, flood, experiment, runs):
    flood.configure(daemon, sink)
    cuts = runs(60, 2)
    acknowledged, lost, cached = await cut_again_and_again(daemon, session, power, flood, cuts)
    await daemon.start()
    count = await flood.settled(daemon, sink, session, eventually, acknowledged)
    experiment(
        "power loss, ext4 on a disk with a cache",
        runs=cuts,
        seen=f"{len(acknowledged)} alerts acknowledged; {lost} of {cached} sectors in the cache of the disk were lost",
        **count.columns,
    )
    assert (count.lost, count.missed) == (0, 0)
    assert cached > 0


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
async def test_the_experiment_can_fail(daemon, sink, session, power, flood, tmp_path, experiment, runs, synchronous):
    """The same with a database that does not flush each commit: it loses, or is damaged."""
    (tmp_path / "sitecustomize.py").write_text(WEAKER)
    daemon.environ |= {"PYTHONPATH": str(tmp_path), "SYNCHRONOUS": synchronous}
    flood.configure(daemon, sink)
    cuts, damaged = runs(3, 1), 0
    acknowledged, *_ = await cut_again_and_again(daemon, session, power, flood, cuts)
    try:
        await daemon.start()
        lost = {str(number) for number in acknowledged} - {
            one["labels"]["number"] for one in await daemon.firing(session)
        }
    except AssertionError:
        lost, damaged = set(map(str, acknowledged)), 1
    experiment(
        f"control: power loss with synchronous={synchronous}",
        runs=cuts,
        lost=len(lost),
        missed=None,
        aimed="loses: the experiment can fail",
        seen=f"{len(acknowledged)} alerts acknowledged{'; the database was damaged' if damaged else ''}",
    )
    assert lost
