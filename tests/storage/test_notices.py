"""Nodes on one PostgreSQL wake each other."""

import asyncio
import time
from typing import Any

import pytest

from incidentd.services import events
from incidentd.services.events import EventStream
from incidentd.storage import event_log
from incidentd.storage.tx import Wake

pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


async def until(fulfilled, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not fulfilled():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


async def listening(store, other):
    """What `store` hears from now on, its listener's connection standing: `other` has been heard through it."""
    heard = []
    store.on_elsewhere.append(lambda: heard.append(1))
    while not heard:
        await other.write(lambda tx: tx.emit("warm", "up:1"))
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    heard.clear()
    return heard


async def test_a_commit_wakes_the_other_node_and_not_its_own(make_store):
    left, right = await make_store(), await make_store()
    here, there = await listening(left, right), await listening(right, left)
    here.clear()
    woken = []
    right.on_wake[Wake.ROUTER] = lambda: woken.append(1)
    await left.write(lambda tx: tx.emit("a", "b:1"))
    await until(lambda: there and woken)
    assert here == []


async def test_a_command_that_left_nothing_wakes_nobody(make_store):
    left, right = await make_store(), await make_store()
    there = await listening(right, left)
    await left.write(lambda tx: event_log.last_seq(tx.conn))
    await left.write(lambda tx: tx.wake(Wake.TIMERS))
    await until(lambda: there)
    assert len(there) == 1


async def test_a_stream_hears_of_another_nodes_event_at_once(make_store, monkeypatch):
    monkeypatch.setattr(events, "_POLL", 60.0)  # so that only a notice can wake it
    left, right = await make_store(), await make_store()
    await listening(right, left)
    stream = EventStream(right)
    await stream.start()
    frames: Any = stream.encoded(stream.last_seq)
    assert await anext(frames) == b""  # it is at the end of the log
    waiting = asyncio.create_task(anext(frames))
    await asyncio.sleep(0.1)
    await left.write(lambda tx: tx.emit("told", "b:1"))
    assert b"event: told\n" in await asyncio.wait_for(waiting, 30)
    await stream.close()
    await frames.aclose()


async def test_a_listener_that_fails_does_not_end_the_writer(make_store):
    store = await make_store()
    heard = []
    store.on_commit.append(lambda events: 1 / 0)
    store.on_commit.append(heard.extend)
    await store.write(lambda tx: tx.emit("a", "b:1"))
    await store.write(lambda tx: tx.emit("a", "b:2"))
    assert [event.subject for event in heard] == ["b:1", "b:2"]
