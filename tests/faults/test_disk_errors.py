"""Disks that fail: nothing is acknowledged after a write or a flush that failed, and people are paged from memory."""

import asyncio
import json
import signal

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

SOON = '[store_down]\nafter = "1s"\n'


def from_memory(sink, flood) -> int:
    """How many messages told of alerts that are not recorded."""
    return sum(json.loads(request.body)["title"].startswith(flood.FROM_MEMORY) for request in sink.requests)


async def test_writes_that_fail_now_and_then(daemon, sink, session, eventually, power, flood, experiment, runs):
    """One in two writes to the database and its log fails, as to a sector that is bad; the journal stays well."""
    flood.configure(daemon, sink)
    await power.begin_first(daemon)
    await daemon.start()
    senders = flood.Senders(daemon, session, 0.02)
    bursts = runs(40, 3)
    for _ in range(bursts):
        await asyncio.sleep(0.2)
        before = senders.refused[503]

        async def refused(before=before) -> bool:
            """Whether a commit failed. The log grows: where it is now is looked up again and again."""
            ranges = await power.ranges("incidentd.db") + await power.ranges("incidentd.db-wal")
            await power.command("fail writes " + ",".join(f"{first}-{end}" for first, end in ranges))
            return senders.refused[503] > before

        await eventually(refused, 120, "a sender is refused")
        await power.command("mend")
        await eventually(lambda: not daemon.running, 60, "it ends when the disk is well")
        assert await daemon.end(signal.SIGKILL) == 74
        await daemon.start()  # as systemd does
    await senders.finish()
    await daemon.end(signal.SIGKILL)
    await power.unplug()  # what the system believed to be on the disk is forgotten
    await power.begin()
    await daemon.start()
    count = await flood.settled(daemon, sink, session, eventually, senders.acknowledged)
    experiment(
        "EIO on writes of the database, then kill -9 and mounted anew",
        runs=bursts,
        seen=f"{len(senders.acknowledged)} alerts acknowledged; answers but 200: {dict(senders.refused)}",
        **count.columns,
    )
    assert (count.lost, count.missed) == (0, 0)


async def test_flushes_that_fail_make_the_file_system_read_only(
    daemon, sink, session, eventually, power, flood, experiment, runs
):
    """ext4 gives up its journal: nothing can be written until the disk is looked at. People are paged from memory."""
    times, acknowledged, told, after = runs(5, 1), [], 0, 0
    flood.configure(daemon, sink, more=SOON)
    await power.begin_first(daemon)
    for _ in range(times):
        await daemon.start()
        senders = flood.Senders(daemon, session, 0.02, after)
        await asyncio.sleep(0.5)
        await power.command("fail flushes")
        before = from_memory(sink, flood)
        await eventually(lambda before=before: from_memory(sink, flood) > before, 60, "a page from memory")
        told += 1
        assert daemon.running
        await senders.stop()
        acknowledged += senders.acknowledged
        after = senders.next
        await daemon.end(signal.SIGKILL)
        await power.command("mend")
        await power.cut()
        await power.unplug()
        await power.repair()
        await power.begin()
    await daemon.start()
    flood.TEXTS.remove("created_at")  # a step that was taken from memory is made anew by a daemon that forgot it
    count = await flood.settled(daemon, sink, session, eventually, acknowledged)
    experiment(
        "EIO on flushes: the file system goes read-only",
        runs=times,
        seen=f"{len(acknowledged)} alerts acknowledged; paged from memory in {told} of {times}",
        **count.columns,
    )
    assert (count.lost, count.missed) == (0, 0)
