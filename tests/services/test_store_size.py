"""The size of the store, as each engine tells it, and as it is noted."""

from datetime import timedelta
from itertools import pairwise

import pytest

from incidentd.services.store_size import StoreSizes, store_health
from incidentd.storage import sizes
from incidentd.storage.engines import MemoryBackend
from incidentd.storage.metadata import metadata

pytestmark = pytest.mark.both_engines
DAY = timedelta(days=1)


def _tells_sizes(conn):
    return "ENABLE_DBSTAT_VTAB" in conn.exec_driver_sql("PRAGMA compile_options").scalars().all()


async def fill(store, count):
    await store.write(lambda tx: [tx.emit("source.noted", "daemon:0", {"note": "x" * 200}) for _ in range(count)])


async def test_every_table_is_told_with_its_size_rows_and_age(store, clock):
    first = clock.now()
    await fill(store, 300)
    clock.advance(DAY)
    await fill(store, 10)
    found = {one.name: one for one in (await StoreSizes(store).size()).tables}
    assert set(found) == set(metadata.tables)
    assert found["events"].rows == 310
    assert found["events"].oldest == first
    assert found["swaps"].oldest is None
    if store.engine == "sqlite" and not await store.read(_tells_sizes):
        assert found["events"].bytes is None
    else:
        assert found["events"].bytes > 310 * 200
        if store.engine == "sqlite":  # PostgreSQL's file keeps the room of rows that tests before this one removed
            assert found["events"].bytes < 310 * 800
        assert found["learnings"].bytes > 0


async def test_a_measurement_serves_for_some_minutes(store, clock):
    measured = StoreSizes(store)
    before = await measured.size()
    await fill(store, 5)
    assert await measured.size() is before
    clock.advance(timedelta(minutes=5))
    assert (await measured.size()).measured_at == clock.now()


async def test_a_disk_that_is_short_is_told_ahead(store, monkeypatch):
    measured = StoreSizes(store)

    async def problems(free):
        whole = sizes.Whole(used=10 * 2**30, reusable=0, disk_free=free, disk_size=2**40)
        monkeypatch.setattr(sizes, "whole", lambda conn: whole)
        store.clock.advance(timedelta(minutes=1))
        await measured.work()
        return measured.problems()

    assert await problems(free=None) == []
    assert await problems(free=11 * 2**30) == []
    (grows,) = await problems(free=9 * 2**30)
    assert grows.code == "store-grows"
    assert "has 9.0 GiB left; the store takes 10 GiB: a backup and a week more need 10 GiB" in grows.text
    (full,) = await problems(free=2**20)
    assert full.code == "store-full"


async def test_it_is_noted_four_times_a_day_and_growth_follows(store, clock):
    measured = StoreSizes(store)
    for _ in range(9):
        await measured.work()
        await measured.work()  # another node, or the same one a second later
        await fill(store, 2000)
        clock.advance(DAY / 4)
    noted = await store.read(sizes.samples)
    assert [after.at - before.at for before, after in pairwise(noted)] == [DAY / 4] * 8
    health = await store.read(store_health)
    assert health.engine == store.engine
    assert health.growth_a_day > 2000 * 200
    assert health.bytes > 16_000 * 200
    on_a_disk = store.engine == "sqlite" and not isinstance(store.backend, MemoryBackend)
    assert (health.disk_free is not None) == on_a_disk
    clock.advance(60 * DAY)
    await measured.work()
    assert [one.at for one in await store.read(sizes.samples)] == [clock.now()]
