"""`incidentctl store`: how large the store is."""

import msgspec
import pytest

from incidentd.wire.store import StoreHealth, StoreSize, StoreTable


@pytest.fixture
def size(canned):
    whole = StoreHealth(
        engine="sqlite", bytes=3 * 2**20, reusable=4096, growth_a_day=2.0**18, disk_free=2**30, disk_size=2**32
    )
    tables = (
        StoreTable(name="events", bytes=2 * 2**20, rows=7000, oldest=canned.at),
        StoreTable(name="swaps", bytes=8192, rows=0, oldest=None),
    )
    return StoreSize(measured_at=canned.at, whole=whole, enough_for=4096.0, tables=tables)


def test_it_says_what_is_there_and_for_how_long_the_disk_will_do(api, run, size):
    api.on("GET", "/v1/store", size)
    done = run("store")
    assert done.code == 0
    shown = " ".join(done.out.split())
    assert "in use 3.0 MiB" in shown
    assert "growth 256 KiB a day" in shown
    assert "1.0 GiB free" in shown
    assert "enough for 4096 days" in shown
    assert "events 2.0 MiB 7000" in shown
    assert "swaps" not in shown
    assert "swaps" in run("store", "--all").out


def test_it_says_what_is_not_known(api, run, size):
    whole = msgspec.structs.replace(size.whole, growth_a_day=None, disk_free=None, disk_size=None)
    tables = (msgspec.structs.replace(size.tables[0], bytes=None),)
    api.on("GET", "/v1/store", StoreSize(measured_at=size.measured_at, whole=whole, enough_for=None, tables=tables))
    shown = " ".join(run("store").out.split())
    assert "growth known after a day" in shown
    assert "disk not known" in shown
    assert "events - 7000" in shown
