"""Starting replays: bounds, faults, one at a time, and the process of its own on either engine."""

import asyncio
from datetime import timedelta

import pytest

from incidentd.domain.process import default_process
from incidentd.plugin.testing import FakeClock
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.replays import Replays
from incidentd.wire.replay import EditedFile, StartReplay

QUIET = EditedFile(name="new.toml", text='[route]\npage = false\ngroup_wait = "0s"\n')


@pytest.fixture
def in_memory():
    """A replay reads the file in a process of its own."""
    return False


@pytest.fixture
async def replays(daemon, database_url):
    made = Replays(
        daemon.clock,
        process=default_process,
        roster=lambda: daemon.roster,
        notifiers=lambda: {"push", "mail", "phone"},
        database_url=lambda: database_url,
    )
    yield made
    await made.close()


def hour(clock: FakeClock, **more):
    return StartReplay(since=clock.now() - timedelta(hours=1), **more)


async def ended(replays, replay_id):
    async with asyncio.timeout(60):
        await asyncio.gather(replays._task)
    return await replays.get(replay_id)


async def test_a_process_of_its_own_reads_the_record(daemon, replays):
    await daemon.fire("disk")
    await daemon.advance(60)
    begun = await replays.start(hour(daemon.clock, process=QUIET))
    with pytest.raises(Conflict):
        await replays.start(hour(daemon.clock, process=QUIET))
    found = await ended(replays, begun.id)
    assert (found.state, found.progress) == ("done", 1.0), found.detail
    assert [(one.kind, one.id) for one in found.report.changes] == [("dropped", "P-1")]


async def test_faults_name_file_line_key_and_remedy(daemon, replays):
    bad = EditedFile(name="roster.toml", text='[people.ada]\ncontacts = [{ notifier = "pager" }]\n')
    refused = await replays.start(
        hour(daemon.clock, process=EditedFile(name="p.toml", text="[route]\npolicy = 3\n"), roster=bad)
    )
    assert refused.state == "refused"
    assert {one.file for one in refused.faults} == {"roster.toml", "p.toml"}
    assert all(one.line and one.key and one.what and one.remedy for one in refused.faults)


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=-1), timedelta(days=32)])
async def test_a_time_that_cannot_be_replayed(daemon, replays, length):
    with pytest.raises(Invalid) as refused:
        await replays.start(StartReplay(since=daemon.clock.now() - length))
    assert refused.value.field == "since"


async def test_it_can_be_ended(daemon, replays):
    begun = await replays.start(hour(daemon.clock))
    assert (await replays.cancel(begun.id)).state == "cancelled"
    await replays.start(hour(daemon.clock))


async def test_only_the_last_few_are_kept(daemon, replays):
    for _ in range(5):
        await replays.start(hour(daemon.clock, process=EditedFile(name="p.toml", text="x")))
    with pytest.raises(NotFound):
        await replays.get(1)
    assert (await replays.get(5)).state == "refused"
