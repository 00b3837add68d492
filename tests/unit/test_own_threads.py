"""Calls on threads of their own, and names that are asked for on them."""

import asyncio
import socket
import threading

import pytest

from incidentd.ingress import names
from incidentd.plugin.own_threads import on_own_thread


async def test_what_a_call_returns_or_raises_comes_back():
    assert await on_own_thread(lambda: 7, "seven") == 7
    with pytest.raises(ZeroDivisionError):
        await on_own_thread(lambda: 1 // 0, "fails")
    with pytest.raises(SystemExit):
        await on_own_thread(lambda: exec("raise SystemExit(3)"), "exits")
    with pytest.raises(RuntimeError, match="StopIteration"):
        await on_own_thread(lambda: next(iter(())), "stops")


async def test_calls_that_hang_hold_up_neither_others_nor_the_end():
    ends = threading.Event()
    hanging = [asyncio.create_task(on_own_thread(ends.wait, f"hangs-{n}")) for n in range(40)]
    assert await asyncio.wait_for(on_own_thread(lambda: "quick", "quick"), 5) == "quick"
    assert all(one.daemon for one in threading.enumerate() if one.name.startswith("hangs-"))
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    ends.set()  # what comes back now is for nobody


async def test_a_name_is_answered_while_others_hang(monkeypatch):
    ends = threading.Event()
    real = socket.getaddrinfo

    def ask(host, *rest, **options):
        if host == "hangs.example":
            ends.wait(10)
        return real("127.0.0.1", *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    resolver = names.Names()
    hanging = [asyncio.create_task(resolver.resolve("hangs.example", 80)) for _ in range(names.AT_ONCE - 1)]
    await asyncio.sleep(0)
    (found,) = await asyncio.wait_for(resolver.resolve("well.example", 80), 5)
    assert (found["hostname"], found["host"], found["port"]) == ("well.example", "127.0.0.1", 80)
    hanging.append(asyncio.create_task(resolver.resolve("hangs.example", 80)))
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="too many names"):
        await resolver.resolve("one-more.example", 80)
    ends.set()
    await asyncio.gather(*hanging)
    assert await resolver.resolve("well.example", 80), "there is room again"
