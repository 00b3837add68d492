"""How fast alerts are taken: acknowledged alerts a second, CPU an alert, and when everything is routed.

incidentd has committed every alert to disk before it answers; Alertmanager keeps them in memory; the no-op handler
reads the body and throws it away. Every cell is a fresh server; the servers take turns within a round.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from benchmarks import payloads, servers
from benchmarks.load import post_all
from benchmarks.servers import Server
from benchmarks.tables import table

_ROUTED_SECONDS = 120.0
_WARM_UP = 256


class Cell(msgspec.Struct, frozen=True):
    """One load: alerts in a request, connections, and alerts altogether."""

    batch: int
    connections: int
    alerts: int


class Sample(msgspec.Struct, frozen=True):
    """What one run of one cell gave. `routed_rate` is 0 for a server that is not asked when it has routed."""

    rate: float
    cpu_micros: float
    routed_rate: float = 0.0
    cpu_routed_micros: float = 0.0


Opened = Callable[[], contextlib.AbstractAsyncContextManager[Server]]


def cells(batches: Sequence[int], connections: Sequence[int], scale: float) -> list[Cell]:
    """Enough alerts in each for a second or so."""
    sizes = {1: 6_000, 64: 32_000, 256: 48_000}
    return [Cell(b, c, max(b * c, int(sizes.get(b, 30_000) * scale))) for b in batches for c in connections]


@contextlib.asynccontextmanager
async def incidentd() -> AsyncIterator[Server]:
    with servers.scratch() as directory:
        servers.write_config(directory)
        server = await asyncio.to_thread(servers.start_incidentd, directory)
        try:
            yield server
        finally:
            await asyncio.to_thread(server.stop)


@contextlib.asynccontextmanager
async def incidentd_on(postgres: servers.Postgres) -> AsyncIterator[Server]:
    with servers.scratch() as directory:
        servers.write_config(directory, storage=await postgres.fresh())
        server = await asyncio.to_thread(servers.start_incidentd, directory, "incidentd (PostgreSQL)")
        try:
            yield server
        finally:
            await asyncio.to_thread(server.stop)


@contextlib.asynccontextmanager
async def alertmanager() -> AsyncIterator[Server]:
    with servers.scratch() as directory:
        server = await asyncio.to_thread(servers.start_alertmanager, directory)
        try:
            yield server
        finally:
            await asyncio.to_thread(server.stop)


@contextlib.asynccontextmanager
async def noop() -> AsyncIterator[Server]:
    server = await asyncio.to_thread(servers.start_noop)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.stop)


async def unrouted(port: int) -> int:
    """How many alerts the daemon has not routed yet, by its own metrics."""
    _, text = await asyncio.to_thread(servers.get, port, "/metrics")
    for line in text.splitlines():
        if line.startswith("incidentd_alerts_unrouted "):
            return int(float(line.split()[1]))
    raise RuntimeError("the daemon does not say how many alerts are unrouted")


async def until_routed(port: int) -> None:
    """Returns when every alert is routed. Raises TimeoutError."""
    async with asyncio.timeout(_ROUTED_SECONDS):
        while await unrouted(port):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


async def measure(server: Server, cell: Cell, *, routed: bool, repeats: bool = False) -> Sample:
    """Run one cell."""
    run = f"r{time.time_ns():x}"
    await post_all(server.port, payloads.bodies(f"{run}-warm", _WARM_UP, 64), 4)
    sent = payloads.bodies(run, cell.alerts, cell.batch)
    if repeats:
        await post_all(server.port, payloads.bodies(run, cell.alerts, 256), 8)
    if routed:
        await until_routed(server.port)
    cpu, began = server.cpu, time.perf_counter()
    load = await post_all(server.port, sent, cell.connections)
    cpu_acknowledged = server.cpu - cpu
    sample = Sample(cell.alerts / load.elapsed, cpu_acknowledged / cell.alerts * 1e6)
    if not routed:
        return sample
    await until_routed(server.port)
    seconds, cpu_all = time.perf_counter() - began, server.cpu - cpu
    return msgspec.structs.replace(
        sample, routed_rate=cell.alerts / seconds, cpu_routed_micros=cpu_all / cell.alerts * 1e6
    )


async def run(
    *, rounds: int, batches: Sequence[int], connections: Sequence[int], scale: float, postgresql: bool, repeats: bool
) -> str:
    """The tables of all cells."""
    chosen = cells(batches, connections, scale)
    postgres = await asyncio.to_thread(servers.Postgres) if postgresql else None
    opened: dict[str, Opened] = {"incidentd": incidentd}
    if postgres is not None:
        opened["incidentd (PostgreSQL)"] = lambda: incidentd_on(postgres)
    note = ""
    if shutil.which(servers.ALERTMANAGER):
        opened["Alertmanager"] = alertmanager
    else:
        note = f"\n\n{servers.ALERTMANAGER} is not installed: its column is missing."
    opened["aiohttp no-op"] = noop
    samples: dict[tuple[str, Cell], list[Sample]] = {}
    try:
        for _ in range(rounds):
            for cell in chosen:
                for name, open_server in opened.items():
                    async with open_server() as server:
                        sample = await measure(server, cell, routed=name.startswith("incidentd"), repeats=repeats)
                    samples.setdefault((name, cell), []).append(sample)
    finally:
        if postgres is not None:
            await asyncio.to_thread(postgres.stop)
    kind = "known alerts, sent again" if repeats else "new alerts"
    return f"{_rates(chosen, list(opened), samples, kind, rounds)}{note}"


def _median(samples: Sequence[Sample], field: str) -> float:
    return statistics.median(getattr(sample, field) for sample in samples)


def _rates(
    chosen: Sequence[Cell], names: Sequence[str], samples: dict[tuple[str, Cell], list[Sample]], kind: str, rounds: int
) -> str:
    daemons = [name for name in names if name.startswith("incidentd")]
    rates, costs = [], []
    for cell in chosen:
        label = f"{cell.batch} x {cell.connections}"
        rate = {name: _median(samples[name, cell], "rate") for name in names}
        others = [name for name in names if name != "incidentd"]
        rates.append(
            [label]
            + [f"{rate[name]:,.0f}" for name in names]
            + [f"{rate['incidentd'] / rate[name]:.2f}" for name in others]
            + [f"{_median(samples[name, cell], 'routed_rate'):,.0f}" for name in daemons]
        )
        costs.append(
            [label]
            + [f"{_median(samples[name, cell], 'cpu_micros'):,.0f}" for name in names]
            + [f"{_median(samples[name, cell], 'cpu_routed_micros'):,.0f}" for name in daemons]
        )
    ratios = [f"incidentd / {name}" for name in names if name != "incidentd"]
    until = [f"{name}, until routed" for name in daemons]
    return (
        f"Alerts a second, {kind}, alerts in a request x connections, median of {rounds} rounds:\n\n"
        + table(["batch x connections", *names, *ratios, *until], rates)
        + "\n\nCPU of the server process, microseconds an alert, until the last acknowledgement and until routed:\n\n"
        + table(["batch x connections", *names, *until], costs)
    )
