"""The kernel kills a daemon that takes too much memory, in the middle of everything: what was acknowledged is kept."""

import asyncio
import os
from pathlib import Path

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

ROOM = 24 * 2**20
"""What it may take beyond what it has."""


class Cage:
    """A control group with little memory."""

    def __init__(self) -> None:
        old, new = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
        self._limit = "memory.limit_in_bytes" if old.is_dir() else "memory.max"
        self._place = (old if old.is_dir() else new) / f"incidentd-test-{os.getpid()}"

    def make(self) -> str:
        """Why it cannot be had, "" when it is there."""
        try:
            self._place.mkdir()
            (self._place / self._limit).write_text(str(ROOM))
        except OSError as error:
            self.remove()
            return f"needs a control group for memory: {error}"
        return ""

    def take(self, pid: int) -> None:
        """What `pid` takes from now on counts."""
        (self._place / "cgroup.procs").write_text(str(pid))

    def remove(self) -> None:
        """Nobody is in it any more."""
        if self._place.is_dir():
            self._place.rmdir()


@pytest.fixture
async def cage(daemon):
    made = Cage()
    if why := made.make():
        pytest.skip(why)
    yield made
    if daemon.running:
        await daemon.end(9)
    made.remove()


async def test_a_daemon_that_is_killed_for_its_memory(daemon, sink, session, eventually, flood, cage, experiment, runs):
    flood.configure(daemon, sink)
    await daemon.start()
    senders = flood.Senders(daemon, session, 0.1)
    kills = runs(10, 1)
    large = [flood.large(number) for number in range(1000)]
    for _ in range(kills):
        cage.take(daemon.pid)
        for _ in range(60):
            async with asyncio.TaskGroup() as group:
                for _ in range(6):
                    group.create_task(daemon.post(session, large))
            if not daemon.running:
                break
        assert not daemon.running, "it was never killed"
        assert await daemon.end(9) == -9
        await daemon.start()
    await senders.finish()
    count = await flood.settled(daemon, sink, session, eventually, senders.acknowledged)
    experiment(
        "killed for its memory by the kernel, sqlite",
        runs=kills,
        seen=f"{len(senders.acknowledged)} alerts acknowledged",
        **count.columns,
    )
    assert (count.lost, count.missed) == (0, 0)
