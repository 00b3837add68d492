"""Reading while very many alerts are active: lists, filters and groups, beside an Alertmanager that holds the same.

Alertmanager's own API answers every alert that matches at once; incidentd answers it in the same way on its ingress,
and by pages of 100 on its socket, which is what its clients read.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import payloads, servers
from benchmarks.ingest import until_routed
from benchmarks.load import post_all
from benchmarks.servers import Server
from benchmarks.tables import percentile, table

_CHUNK = 8_192
_TCP = {
    "all alerts": "/api/v2/alerts",
    "alerts of one name and severity": "/api/v2/alerts?filter=alertname%3DNodeDown&filter=severity%3Dcritical",
    "one alert by a label": "/api/v2/alerts?filter=number%3D4711",
    "alerts by a regular expression": "/api/v2/alerts?filter=instance%3D~%2210.0.1.%2A%22",
    "all groups": "/api/v2/alerts/groups",
}
_SOCKET = {
    "first page of 100": "/v1/alerts",
    "first page of one service": "/v1/alerts?service=checkout",
    "one alert by a label": "/v1/alerts?match=number%3D4711",
    "by a regular expression": "/v1/alerts?match=instance%3D~10.0.1..%2A",
    "by a word": "/v1/alerts?q=NodeDown",
}


def _timed(fetch: Callable[[str], int], path: str, rounds: int) -> tuple[list[float], int]:
    """Seconds of each round, and the size of the answer."""
    size, seconds = fetch(path), []
    for _ in range(rounds):
        began = time.perf_counter()
        fetch(path)
        seconds.append(time.perf_counter() - began)
    return seconds, size


def _over_tcp(server: Server) -> Callable[[str], int]:
    def fetch(path: str) -> int:
        status, text = servers.get(server.port, path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {text[:200]}")
        return len(text)

    return fetch


def _over_socket(directory: Path) -> Callable[[str], int]:
    def fetch(path: str) -> int:
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(60)
            peer.connect(str(directory / "run" / "api.sock"))
            peer.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while part := peer.recv(1 << 20):
                answer += part
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path}: {answer[:200]!r}")
        return len(answer)

    return fetch


async def _fill(server: Server, count: int) -> None:
    for first in range(0, count, _CHUNK):
        await post_all(server.port, payloads.bodies("queries", min(_CHUNK, count - first), 256, first=first), 4)


def _rows(name: str, paths: dict[str, str], fetch: Callable[[str], int], rounds: int) -> list[list[str]]:
    rows = []
    for what, path in paths.items():
        seconds, size = _timed(fetch, path, rounds)
        cells = [f"{percentile(seconds, p) * 1000:,.1f}" for p in (50, 100)]
        rows.append([f"{name}: {what}", *cells, f"{size / 1024:,.0f}"])
    return rows


async def run(*, alerts: int, rounds: int) -> str:
    """The table."""
    rows = []
    with servers.scratch() as directory:
        servers.write_config(directory)
        server = await asyncio.to_thread(servers.start_incidentd, directory)
        try:
            await _fill(server, alerts)
            await until_routed(server.port)
            rows += await asyncio.to_thread(_rows, "incidentd", _TCP, _over_tcp(server), rounds)
            rows += await asyncio.to_thread(_rows, "incidentd, socket", _SOCKET, _over_socket(directory), rounds)
        finally:
            await asyncio.to_thread(server.stop)
    if shutil.which(servers.ALERTMANAGER):
        with servers.scratch() as directory:
            server = await asyncio.to_thread(servers.start_alertmanager, directory)
            try:
                await _fill(server, alerts)
                rows += await asyncio.to_thread(_rows, "Alertmanager", _TCP, _over_tcp(server), rounds)
            finally:
                await asyncio.to_thread(server.stop)
    shown = table(["", "median ms", "max ms", "answer KiB"], rows)
    return f"{alerts:,} active alerts, one request at a time, {rounds} rounds:\n\n{shown}"
