"""A PostgreSQL that falls silent, goes away or is demoted: nothing waits for ever, and all is well once it is back."""

import asyncio
import time
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from incidentd.storage import connecting, migrate, notices, postgresql
from incidentd.storage.connecting import StandsBy
from incidentd.storage.postgresql import PostgresBackend
from incidentd.storage.reach import Unreachable
from incidentd.storage.store import Store

several_nodes = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


@pytest.fixture
async def proxy(database_url, make_cut):
    """A way to the test's database that can be cut."""
    return await make_cut(database_url)


async def until(fulfilled, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not fulfilled():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def told(number):
    return lambda tx: tx.emit("told", f"b:{number}")


@several_nodes
@pytest.mark.parametrize("how", ["silence", "refuse"])
async def test_what_waits_is_cut_off_what_is_new_is_refused_and_all_is_well_later(make_store, proxy, how, monkeypatch):
    monkeypatch.setattr(notices, "_EVERY_SECONDS", 0.1)
    monkeypatch.setattr(notices, "_ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(connecting, "CONNECT_SECONDS", 0.3)
    store = await make_store(url=proxy.url)
    changes = []
    store.backend.reach.changed = lambda: changes.append(store.backend.reach.trouble())
    await store.write(told(1))
    slow = asyncio.create_task(store.read(lambda conn: conn.execute(text("SELECT pg_sleep(60)"))))
    await asyncio.sleep(0.1)
    getattr(proxy, how)()
    waiting = asyncio.create_task(store.write(told(2)))
    await until(lambda: changes)
    assert "has not answered since" in changes[0]
    for one in (slow, waiting):
        with pytest.raises((OSError, DBAPIError)):
            await asyncio.wait_for(one, 10)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="has not answered since"):
        await store.write(told(3))
    assert time.monotonic() - began < 1, "nobody waits for what is known to be away"

    proxy.mend()
    await until(lambda: len(changes) == 2)
    assert changes[1] == ""
    await store.write(told(4))
    assert await store.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one()) == 1


@several_nodes
async def test_a_server_that_was_demoted_counts_as_away(make_store, monkeypatch):
    monkeypatch.setattr(notices, "_EVERY_SECONDS", 0.05)
    store = await make_store()

    async def demoted(connection):
        raise StandsBy

    with monkeypatch.context() as patch:
        patch.setattr(notices, "_asked", demoted)
        await until(store.backend.reach.trouble)
        with pytest.raises(Unreachable, match="standby"):
            await store.write(told(1))
    await until(lambda: not store.backend.reach.trouble())
    await store.write(told(2))


@several_nodes
async def test_of_several_hosts_the_one_that_answers_is_taken_and_remembered(make_store, proxy):
    name = urlsplit(proxy.url).path
    url = f"postgresql://postgres@127.0.0.1:1,127.0.0.1:{proxy.port}{name}"
    store: Store = await make_store(url=url)
    await store.write(told(1))
    assert isinstance(store.backend, PostgresBackend)
    assert store.backend._connecting.addresses[0] == proxy.url


@several_nodes
async def test_a_node_that_stops_in_the_middle_of_a_transaction_holds_the_others_up_for_seconds_only(
    make_store, monkeypatch
):
    monkeypatch.setattr(postgresql, "SESSION", postgresql.SESSION.replace("'5s'", "'200ms'"))
    stopped, other = await make_store(), await make_store()

    def stops(conn):
        with conn.begin():
            conn.execute(text("UPDATE counters SET value = value + 1"))
            time.sleep(1)  # as SIGSTOP would: the whole process stands still
            conn.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError, match="closed"):
        await stopped.backend.write_alone(stops)
    await other.write(told(1))


@several_nodes
async def test_a_start_without_the_server_says_what_is_wrong(make_store, proxy):
    proxy.refuse()
    with pytest.raises(migrate.CannotReach, match=r"\[storage\] url cannot be used"):
        await make_store(url=proxy.url)
    proxy.mend()
    with pytest.raises(migrate.CannotReach, match="does not exist"):
        await make_store(url=f"{proxy.url}_of_nobody")
