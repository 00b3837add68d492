"""The store: every change is a command, answered after its commit; events are numbered without a gap."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.util import await_only

from incidentd.storage import event_log
from incidentd.storage import store as store_module
from incidentd.storage.schema import meta
from incidentd.storage.store import StoreClosed
from incidentd.storage.tx import Wake
from incidentd.wire import Event


def put(name, value="1"):
    def command(tx):
        tx.conn.execute(meta.insert().values(name=name, value=value))
        tx.emit("meta.put", f"meta:{name}", {"value": value}, actor="ada")
        return name

    return command


async def names(store):
    return await store.read(
        lambda conn: list(
            conn.execute(select(meta.c.name).where(meta.c.name.notlike("schema%")).order_by(meta.c.name)).scalars()
        )
    )


async def test_a_written_row_is_read(store):
    assert await store.write(put("a")) == "a"
    assert await names(store) == ["a"]


async def test_commands_that_wait_share_a_commit(store):
    commits = []
    store.on_commit.append(lambda events: commits.append([event.subject for event in events]))
    await asyncio.gather(*(store.write(put(f"n{number:03}")) for number in range(100)))
    assert len(commits) < 10
    assert [subject for one in commits for subject in one] == [f"meta:n{number:03}" for number in range(100)]


async def test_a_commit_that_hangs_does_so_in_the_machine_s_time(store, clock, monkeypatch):
    """A clock that is set, or that runs fast as in the demonstration, makes no commit hang."""
    real, go_on = store.backend.commit, asyncio.Event()

    async def slow(*arguments):
        await go_on.wait()
        return await real(*arguments)

    monkeypatch.setattr(store.backend, "commit", slow)
    began = clock.now()
    waiting = asyncio.create_task(store.write(put("a")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    clock.advance(3600)
    assert store.failing_since is None
    monkeypatch.setattr(store_module, "HANGS", 0.0)
    assert store.failing_since == began
    go_on.set()
    await waiting
    assert store.failing_since is None


async def test_a_bad_command_fails_alone(store):
    def bad(tx):
        tx.conn.execute(meta.insert().values(name="half", value="1"))
        tx.emit("meta.put", "meta:half")
        raise ValueError("no")

    outcomes = await asyncio.gather(
        store.write(put("a")), store.write(bad), store.write(put("b")), return_exceptions=True
    )
    assert outcomes[0] == "a"
    assert isinstance(outcomes[1], ValueError)
    assert outcomes[2] == "b"
    assert await names(store) == ["a", "b"]
    events = await store.read(lambda conn: event_log.after(conn, 0, 10))
    assert [(event.seq, event.subject) for event in events] == [(1, "meta:a"), (2, "meta:b")]


async def test_a_statement_that_the_database_refuses_fails_alone(store):
    await store.write(put("a"))
    outcomes = await asyncio.gather(store.write(put("a")), store.write(put("b")), return_exceptions=True)
    assert type(outcomes[0]).__name__ == "IntegrityError"
    assert await names(store) == ["a", "b"]


async def test_an_event_is_published_after_its_commit_as_it_is_read(store):
    published: list[Event] = []
    store.on_commit.append(published.extend)
    await store.write(put("a", "→"))
    (event,) = await store.read(lambda conn: event_log.after(conn, 0, 10))
    assert published == [event]
    assert (event.seq, event.actor, event.at, dict(event.data)) == (1, "ada", store.clock.now(), {"value": "→"})


async def test_whoever_has_work_is_woken_after_the_commit(store):
    woken = []

    def wake():
        woken.append(True)

    store.on_wake[Wake.TIMERS] = wake

    def command(tx):
        tx.wake(Wake.TIMERS)
        assert not woken

    if store.engine == "postgresql":  # everybody is woken once when the connection that hears of other nodes stands
        for _ in range(200):
            await asyncio.sleep(0 if woken else 0.05)
        woken.clear()
    await store.write(command)
    assert woken == [True]


async def test_the_statements_of_one_read_see_one_state(store):
    await store.write(put("a"))

    def twice(conn):
        first = event_log.last_seq(conn)
        await_only(store.write(put("b")))  # somebody commits in between
        return first, event_log.last_seq(conn)

    assert await store.read(twice) == (1, 1)
    assert await store.read(event_log.last_seq) == 2


async def test_a_cancelled_caller_does_not_disturb_the_others(store):
    impatient = asyncio.create_task(store.write(put("a")))
    patient = asyncio.create_task(store.write(put("b")))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == "b"
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert "b" in await names(store)


async def test_closing_commits_what_was_queued(make_store):
    store = await make_store()
    waiting = [asyncio.create_task(store.write(put(f"n{number}"))) for number in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert [await one for one in waiting] == [f"n{number}" for number in range(5)]
    with pytest.raises(StoreClosed):
        await store.write(put("late"))


async def test_what_was_committed_is_there_after_a_restart(make_store):
    store = await make_store()
    await store.write(put("a"))
    await store.close()
    again = await make_store()
    assert await names(again) == ["a"]
    await again.write(put("b"))
    events = await again.read(lambda conn: event_log.after(conn, 0, 10))
    assert [event.seq for event in events] == [1, 2]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_two_nodes_number_events_without_a_gap_and_in_order(make_store):
    """A reader that follows the log while two nodes write never sees a seq appear behind it."""
    nodes = [await make_store() for _ in range(2)]
    reader = await make_store()
    total = 120
    seen: list[int] = []

    async def follow():
        while len(seen) < total:
            events = await reader.read(lambda conn: event_log.after(conn, seen[-1] if seen else 0, 1000))
            seen.extend(event.seq for event in events)
            await asyncio.sleep(0)

    async def write(node, store):
        for number in range(0, total // 2, 3):
            await asyncio.gather(*(store.write(put(f"{node}-{number + more}")) for more in range(3)))

    await asyncio.wait_for(asyncio.gather(follow(), *(write(*one) for one in enumerate(nodes))), 60)
    assert seen == list(range(1, total + 1))
    assert len(await names(reader)) == total


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_two_nodes_that_lock_in_opposite_order_both_succeed(make_store):
    """A deadlock is resolved by running the loser again."""
    left, right = await make_store(), await make_store()
    await left.write(put("a", "0"))
    await left.write(put("b", "0"))

    def add(first, second):
        def command(tx):
            for name in (first, second):
                row = tx.conn.execute(select(meta).where(meta.c.name == name).with_for_update()).one()
                tx.conn.execute(meta.update().where(meta.c.name == name).values(value=str(int(row.value) + 1)))

        return command

    for _ in range(2):
        await asyncio.gather(left.write(add("a", "b")), right.write(add("b", "a")))
    mine = select(meta.c.value).where(meta.c.name.in_(["a", "b"]))
    values = await left.read(lambda conn: list(conn.execute(mine).scalars()))
    assert values == ["4", "4"]
