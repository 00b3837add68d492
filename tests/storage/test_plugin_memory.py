"""What plugins remember, on both engines and in the test kit: the same rules."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from incidentd.plugin import (
    MAX_MEMORY_KEY,
    MAX_MEMORY_KEYS,
    MAX_MEMORY_VALUE,
    MemoryRefused,
    StoreUnavailable,
    update_memory,
)
from incidentd.plugin.testing import InMemory
from incidentd.services.plugin_memory import LentMemory


@pytest.fixture(params=["daemon", "kit"])
def memory(request, store):
    return InMemory() if request.param == "kit" else LentMemory(lambda: store, "one")


async def test_a_value_is_changed_only_by_who_knows_it(memory):
    assert await memory.get("k") is None
    assert await memory.swap("k", None, b"1")
    assert not await memory.swap("k", None, b"2")
    assert not await memory.swap("k", b"0", b"2")
    assert await memory.swap("k", b"1", b"\x00\xff")
    assert await memory.get("k") == b"\x00\xff"
    assert not await memory.swap("k", b"1", None)
    assert await memory.items() == {"k": b"\x00\xff"}
    assert await memory.swap("k", b"\x00\xff", None)
    assert await memory.items() == {}
    assert await memory.swap("k", None, None)


@pytest.mark.parametrize(
    ("key", "value"),
    [("", b""), ("k" * (MAX_MEMORY_KEY + 1), b""), ("a\x00b", b""), ("k", b"x" * (MAX_MEMORY_VALUE + 1))],
)
async def test_what_is_too_large_is_refused(memory, key, value):
    with pytest.raises(MemoryRefused):
        await memory.swap(key, None, value)
    assert await memory.items() == {}


async def test_the_number_of_values_is_bounded(memory):
    await asyncio.gather(*(memory.swap(f"k{n}", None, b"") for n in range(MAX_MEMORY_KEYS)))
    with pytest.raises(MemoryRefused, match="at most"):
        await memory.swap("one more", None, b"")
    assert not await memory.swap("k1", None, b"x")  # it is there: no more is asked for
    assert await memory.swap("k1", b"", b"x")
    assert await memory.swap("k2", b"", None)
    assert await memory.swap("one more", None, b"")


async def test_changes_at_once_are_all_made(memory):
    def more(value):
        return str(int(value or b"0") + 1).encode()

    await asyncio.gather(*(update_memory(memory, "n", more) for _ in range(20)))
    assert await memory.get("n") == b"20"


async def test_instances_are_apart_and_a_restart_keeps_all(make_store, clock):
    store = await make_store()
    one, two = LentMemory(lambda: store, "one"), LentMemory(lambda: store, "two")
    await one.swap("k", None, b"1")
    assert await two.get("k") is None
    await store.close()
    clock.advance(timedelta(days=400))
    again = await make_store()
    assert await LentMemory(lambda: again, "one").items() == {"k": b"1"}
    await again.close()
    with pytest.raises(StoreUnavailable):
        await LentMemory(lambda: again, "one").swap("k", b"1", b"2")


async def test_two_nodes_share_it(make_store):
    stores = [await make_store(), await make_store()]
    nodes = [LentMemory(partial(list.__getitem__, stores, n), "one") for n in range(2)]
    assert sorted(await asyncio.gather(*(node.swap("k", None, b"x") for node in nodes))) == [False, True]
