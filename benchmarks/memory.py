"""Resident memory and start times: with an empty state directory, and with many active alerts."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import payloads, servers
from benchmarks.ingest import until_routed
from benchmarks.load import post_all
from benchmarks.servers import Server
from benchmarks.tables import table

_CHUNK = 8_192
_IDLE_SECONDS = 2.0


async def _fill(server: Server, count: int, *, routed: bool) -> float:
    """Send `count` alerts; returns the seconds until all are taken, and routed where that can be asked."""
    began = time.perf_counter()
    for first in range(0, count, _CHUNK):
        bodies = payloads.bodies("memory", min(_CHUNK, count - first), 256, first=first)
        await post_all(server.port, bodies, 4)
    if routed:
        await until_routed(server.port)
    return time.perf_counter() - began


async def _started(name: str, start: Callable[[Path], Server], directory: Path, note: str, kill: bool) -> list[str]:
    """Start, look, and stop: a row."""
    server = await asyncio.to_thread(start, directory)
    await asyncio.sleep(_IDLE_SECONDS)
    resident = server.resident
    if kill:
        server.process.kill()
    seconds = await asyncio.to_thread(server.stop)
    return [f"{name}: {note}", f"{server.ready_seconds * 1000:,.0f}", f"{resident:,.0f}", f"{seconds * 1000:,.0f}"]


async def _with_alerts(name: str, start: Callable[[Path], Server], directory: Path, count: int) -> list[str]:
    server = await asyncio.to_thread(start, directory)
    seconds = await _fill(server, count, routed=name == "incidentd")
    await asyncio.sleep(_IDLE_SECONDS)
    resident = server.resident
    stop = await asyncio.to_thread(server.stop)
    note = f"{name}: after {count:,} alerts came in {seconds:.1f} s"
    return [note, "-", f"{resident:,.0f}", f"{stop * 1000:,.0f}"]


async def run(*, alerts: int) -> str:
    """The table."""
    rows = []
    with servers.scratch() as directory:
        servers.write_config(directory)
        start = servers.start_incidentd
        rows.append(await _started("incidentd", start, directory, "first start, makes the database", False))
        rows.append(await _started("incidentd", start, directory, "next start, no alerts", False))
        rows.append(await _with_alerts("incidentd", start, directory, alerts))
        rows.append(await _started("incidentd", start, directory, f"start with {alerts:,} active alerts", True))
        rows.append(await _started("incidentd", start, directory, "the same after kill -9", False))
        size = sum(file.stat().st_size for file in (directory / "state").iterdir()) / 2**20
    if shutil.which(servers.ALERTMANAGER):
        with servers.scratch() as directory:
            manager = servers.start_alertmanager
            rows.append(await _started("Alertmanager", manager, directory, "first start", False))
            rows.append(await _with_alerts("Alertmanager", manager, directory, alerts))
    shown = table(["", "ready ms", "RSS MiB", "stop ms"], rows)
    return f"Start to ready, resident memory, stop; the database holds {size:,.0f} MiB at the end:\n\n{shown}"
