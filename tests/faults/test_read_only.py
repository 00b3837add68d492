"""A file system that becomes read-only while alerts arrive: people are paged from memory, and all is back with it."""

import json
import signal

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

SOON = '[store_down]\nafter = "1s"\n'


async def test_a_file_system_that_becomes_read_only(daemon, sink, session, eventually, power, flood, experiment, runs):
    """`remount,ro` itself is refused while a file is open for writing: `abort` is how ext4 does it nevertheless."""
    times, acknowledged, after = runs(5, 1), [], 0
    flood.configure(daemon, sink, more=SOON)
    await power.begin_first(daemon)
    for _ in range(times):
        await daemon.start()
        senders = flood.Senders(daemon, session, 0.02, after)
        await eventually(lambda senders=senders: senders.acknowledged, 60, "alerts are taken")
        assert "busy" in await power.remount("ro")
        before, told = len(senders.acknowledged), len(from_memory(sink, flood))
        await eventually(lambda: len(senders.acknowledged) > before, 60, "it goes on")  # noqa: B023
        assert await power.remount("abort") == ""
        await eventually(lambda: len(from_memory(sink, flood)) > told, 60, "a page from memory")  # noqa: B023
        assert set(senders.refused) <= {503}
        known = {found["labels"]["number"] for found in await daemon.firing(session)}
        assert {str(number) for number in senders.acknowledged} <= known, "it can be read as before"
        await senders.stop()
        acknowledged += senders.acknowledged
        after = senders.next
        assert await daemon.end(signal.SIGTERM) == 74
        await power.unplug()
        await power.begin("ro")
        await daemon.launch()
        await eventually(lambda: not daemon.running, 60, "it does not start on what it cannot write")
        assert "cannot be written (Read-only file system)" in daemon.log.read_text().splitlines()[-1]
        assert await daemon.end(signal.SIGKILL) == 75
        assert await power.remount("rw") == ""
    await daemon.start()
    count = await flood.settled(daemon, sink, session, eventually, acknowledged)
    experiment(
        "the file system of the store becomes read-only, and is mounted anew",
        runs=times,
        seen=f"{len(acknowledged)} alerts acknowledged; paged from memory each time",
        **count.columns,
    )
    assert (count.lost, count.missed) == (0, 0)


def from_memory(sink, flood) -> list[str]:
    """Titles of messages that told of alerts that are not recorded."""
    titles = [json.loads(request.body)["title"] for request in sink.requests]
    return [title for title in titles if title.startswith(flood.FROM_MEMORY)]
