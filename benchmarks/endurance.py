"""Resident memory under a load that goes on: new alerts, or the same ones again, at an even rate for minutes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks import payloads, servers
from benchmarks.load import Load, request
from benchmarks.servers import Server
from benchmarks.sink import Sink
from benchmarks.tables import table

_BATCH = 10
_LOOKS = 20
_HOSTS = 1_000
PROCESS = '[route]\ngroup_by = ["cluster"]\ngroup_wait = "1s"\n'


def _stored(directory: Path) -> float:
    """MiB."""
    return sum(file.stat().st_size for file in (directory / "state").iterdir()) / 2**20


def _requests(count: int, first: int, again: bool) -> list[bytes]:
    """For `count` alerts: new ones from number `first` on, or `_HOSTS` of them again and again."""
    if not again:
        return [request(body) for body in payloads.bodies("endures", count, _BATCH, first=first)]
    some = [request(body) for body in payloads.bodies("endures", _HOSTS, _BATCH)]
    return [some[at % len(some)] for at in range(count // _BATCH)]


async def _send(server: Server, requests: list[bytes], rate: int) -> int:
    """How many requests were refused: a disk that others use as well may be too slow for some."""
    load = Load(requests, 4, rate / _BATCH)
    await load.run("127.0.0.1", server.port)
    return load.failed


async def _endure(name: str, rate: int, seconds: float, again: bool) -> list[list[str]]:
    rows, part = [], max(_BATCH, int(rate * seconds / _LOOKS))
    async with Sink() as sink:
        with servers.scratch() as directory:
            servers.write_config(directory, sink=sink.url, process=PROCESS)
            server = await asyncio.to_thread(servers.start_incidentd, directory)
            try:
                began, used, sent, refused = time.perf_counter(), server.cpu, 0, 0
                for look in range(_LOOKS + 1):
                    if look:
                        refused += await _send(server, _requests(part, sent, again), rate)
                        sent += part
                    shown = f"{name}, {time.perf_counter() - began:,.0f} s"
                    sizes = [f"{server.resident:,.1f}", f"{_stored(directory):,.0f}"]
                    rows.append([shown, f"{sent:,}", f"{refused:,}", *sizes, f"{server.cpu - used:,.1f}"])
            finally:
                await asyncio.to_thread(server.stop)
    return rows


async def run(*, rate: int, seconds: float) -> str:
    """The table."""
    rows = await _endure("new alerts", rate, seconds, again=False)
    rows += await _endure("the same ones again", rate, seconds, again=True)
    return table(["", "alerts sent", "requests refused", "RSS MiB", "stored MiB", "CPU s"], rows)
