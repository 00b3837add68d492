"""The event stream: every subscriber sees every event once and in order, whenever it joins."""

import asyncio
import json
from contextlib import aclosing

import pytest

from incidentd.services import events as module
from incidentd.services.events import EventStream


def emit(count, kind="thing.happened"):
    def command(tx):
        for _ in range(count):
            tx.emit(kind, "thing:1", {"text": "line\nbreak ✓"})

    return command


def seqs(chunk):
    return [int(line[4:]) for line in chunk.split(b"\n") if line.startswith(b"id: ")]


async def collect(stream, after, upto):
    """The seqs a subscriber gets until it has seen `upto`."""
    got = []
    async with aclosing(stream.encoded(after)) as chunks:
        async for chunk in chunks:
            got += seqs(chunk)
            if got and got[-1] >= upto:
                return got
    return got


@pytest.fixture
async def stream(store):
    stream = EventStream(store)
    await stream.start()
    return stream


async def test_a_frame_is_one_event_as_text_event_stream(store, stream):
    await store.write(emit(1))
    async with aclosing(stream.encoded(0)) as chunks:
        frame = await anext(chunks)
    ident, kind, data, empty, end = frame.split(b"\n")
    assert (ident, kind, empty, end) == (b"id: 1", b"event: thing.happened", b"", b"")
    assert json.loads(data.removeprefix(b"data: "))["data"] == {"text": "line\nbreak ✓"}


async def test_subscribers_that_join_at_any_time_miss_and_repeat_nothing(store, stream):
    async def joins(after_commits):
        while stream.last_seq < after_commits:  # noqa: ASYNC110 - it joins at once, not a tick later
            await asyncio.sleep(0)
        return await collect(stream, max(after_commits - 3, 0), 200)

    waiting = [asyncio.create_task(joins(at)) for at in (0, 0, 1, 7, 50, 120)]
    for _ in range(50):
        await store.write(emit(4))
        await asyncio.sleep(0)
    for after, got in zip((0, 0, 0, 4, 47, 117), await asyncio.gather(*waiting), strict=True):
        assert got == list(range(after + 1, 201))


async def test_a_ring_that_is_too_short_is_replayed_from_the_store(store, monkeypatch):
    monkeypatch.setattr(module, "_RING", 10)
    monkeypatch.setattr(module, "_REPLAY", 7)
    stream = EventStream(store)
    await stream.start()
    fast = asyncio.create_task(collect(stream, 0, 300))
    await asyncio.sleep(0)
    for _ in range(10):
        await store.write(emit(30))
    assert await collect(stream, 100, 300) == list(range(101, 301))
    assert await fast == list(range(1, 301))


async def test_large_events_take_bounded_memory_and_none_is_missed(store, stream, monkeypatch):
    monkeypatch.setattr(module, "_RING_BYTES", 4_000)
    monkeypatch.setattr(module, "_AT_ONCE", 1_000)
    everything = asyncio.create_task(collect(stream, 0, 100))
    await asyncio.sleep(0)
    await store.write(emit(100))
    kept = [len(frame) for _, frame in stream._ring]
    assert sum(kept) <= 4_000 < sum(kept) + kept[0]
    async with aclosing(stream.encoded(100 - len(kept))) as chunks:
        assert len(await anext(chunks)) <= 1_000
    assert await everything == list(range(1, 101))  # what the ring lost is replayed from the store
    assert await collect(stream, 100 - len(kept), 100) == list(range(101 - len(kept), 101))


async def test_a_slow_subscriber_misses_nothing(store, stream, monkeypatch):
    got = []
    async with aclosing(stream.encoded(0)) as chunks:
        for _ in range(20):
            await store.write(emit(3))
            got += seqs(await anext(chunks))
        while len(got) < 60:
            got += seqs(await anext(chunks))
    assert got == list(range(1, 61))


async def test_events_of_before_a_restart_are_there(store, stream, make_store, engine_name):
    await store.write(emit(5))
    await store.close()
    again = await make_store()
    stream = EventStream(again)
    await stream.start()
    assert stream.last_seq == 5
    await again.write(emit(1))
    assert await collect(stream, 3, 6) == [4, 5, 6]
    page = await stream.page(2, 2)
    assert ([event.seq for event in page.events], page.last_seq) == ([3, 4], 6)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_events_of_another_node_are_in_their_place(store, stream, make_store):
    other = await make_store()
    subscriber = asyncio.create_task(collect(stream, 0, 120))
    late = EventStream(other)
    await late.start()
    for _ in range(20):
        await asyncio.gather(store.write(emit(2)), other.write(emit(3)), store.write(emit(1)))
    assert await subscriber == list(range(1, 121))
    assert await collect(late, 0, 120) == list(range(1, 121))


async def test_a_batch_with_a_hole_in_it_does_not_shift_the_ring(store, stream):
    """Commands of one batch may commit one by one, and another node may commit in between."""
    await store.write(emit(6))
    events = (await stream.page(0, 10)).events
    subscriber = stream.encoded(6)
    waiting = asyncio.create_task(anext(subscriber))
    await asyncio.sleep(0.01)
    stream._last = 1
    stream._publish([events[1], events[3], events[4]])
    assert [seq for seq, _ in stream._ring] == [4, 5]
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await subscriber.aclose()


async def test_closing_ends_every_stream(store, stream):
    subscriber = asyncio.create_task(collect(stream, 0, 10**9))
    await asyncio.sleep(0.01)
    await stream.close()
    assert await asyncio.wait_for(subscriber, 5) == []
