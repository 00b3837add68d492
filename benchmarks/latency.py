"""From POST to page: a new alert in a group of its own, group_wait 0, until the webhook notifier's call arrives.

The background alerts are new ones too, 10 to a request; they end at a route that pages nobody, so that the load is on
intake and routing and the pages are those that are measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import msgspec

from benchmarks import payloads, servers
from benchmarks.load import Load, request
from benchmarks.servers import Server
from benchmarks.sink import Sink
from benchmarks.tables import percentile, table

PROCESS = """
[route]
group_by = ["run"]
group_wait = "0s"
[[route.routes]]
match = ["background=yes"]
page = false
"""
_ALERTS_A_REQUEST = 10
_PAUSE = 0.05
_PAGE_SECONDS = 30.0


@contextlib.asynccontextmanager
async def _daemon(sink: Sink) -> AsyncIterator[Server]:
    with servers.scratch() as directory:
        servers.write_config(directory, sink=sink.url, process=PROCESS)
        server = await asyncio.to_thread(servers.start_incidentd, directory)
        try:
            yield server
        finally:
            await asyncio.to_thread(server.stop)


class _Times(msgspec.Struct):
    """Seconds of each sample: until the acknowledgement, and until the page."""

    acknowledged: list[float] = []
    paged: list[float] = []


async def _sample(server: Server, sink: Sink, number: int, times: _Times) -> None:
    token = f"sample-{time.time_ns():x}"
    body = payloads.bodies(token, 1, 1, first=number)[0]
    arrival = sink.expect(f'"run":"{token}"')
    load = Load([request(body)], 1)
    began = time.perf_counter()
    await load.run("127.0.0.1", server.port)
    times.acknowledged.append(load.seconds[0])
    times.paged.append(await asyncio.wait_for(arrival, _PAGE_SECONDS) - began)


async def _samples(server: Server, sink: Sink, count: int) -> _Times:
    times = _Times()
    for number in range(count):
        await _sample(server, sink, number, times)
        await asyncio.sleep(_PAUSE)
    return times


async def _under_load(server: Server, sink: Sink, count: int, rate: int) -> tuple[_Times, float]:
    """The samples, and the rate of the background that was really reached."""
    seconds = count * (_PAUSE + 0.03) + 5
    bodies = payloads.bodies("background", int(rate * seconds), _ALERTS_A_REQUEST, background="yes")
    load = Load([request(body) for body in bodies], 8, rate / _ALERTS_A_REQUEST)
    background = asyncio.create_task(load.run("127.0.0.1", server.port))
    await asyncio.sleep(1.0)
    times = await _samples(server, sink, count)
    reached = len(load.seconds) * _ALERTS_A_REQUEST / load.elapsed
    load.todo.clear()
    with contextlib.suppress(ConnectionError):  # the rest is not sent
        await background
    if load.failed:
        raise RuntimeError(f"refused: {dict(load.statuses)}")
    return times, reached


def _row(name: str, times: _Times) -> list[str]:
    cells = [name, str(len(times.paged))]
    for values in (times.acknowledged, times.paged):
        cells += [f"{percentile(values, p) * 1000:.1f}" for p in (50, 99)]
    return [*cells, f"{max(times.paged) * 1000:.1f}"]


async def run(*, samples: int, rate: int) -> str:
    """The table."""
    rows = []
    async with Sink() as sink, _daemon(sink) as server:
        await _samples(server, sink, 20)  # warm-up
        rows.append(_row("idle", await _samples(server, sink, samples)))
        times, reached = await _under_load(server, sink, samples, rate)
        rows.append(_row(f"{reached:,.0f} alerts/s", times))
    head = ["background", "samples", "ack p50 ms", "ack p99 ms", "page p50 ms", "page p99 ms", "page max ms"]
    return f"From POST to acknowledgement and to the notifier's call, group_wait 0:\n\n{table(head, rows)}"
