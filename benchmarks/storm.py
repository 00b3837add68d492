"""A storm: very many distinct alerts in few groups within seconds, while somebody looks on in the terminal UI.

Counts the pages that leave, and asks afterwards whether every alert is there and stands in a group that was told about.
"Late" is a group's first page, from the acknowledgement of its first alert, less the group_wait that it has to wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks import payloads, servers
from benchmarks.ingest import until_routed
from benchmarks.load import Load, request
from benchmarks.servers import Server
from benchmarks.sink import Sink
from benchmarks.tables import percentile, table
from benchmarks.terminal import Terminal

_GROUP_WAIT = 1.0
_SETTLE = 5.0
_BATCH = 10
PROCESS = f'[route]\ngroup_by = ["cluster"]\ngroup_wait = "{_GROUP_WAIT:g}s"\n'


class _Figures(msgspec.Struct, kw_only=True):
    """What one server did."""

    late: list[float]  # seconds, a group
    acknowledged: list[float]  # seconds, a request
    calls: int
    kept: int


def _bodies(count: int, groups: int) -> list[bytes]:
    """`count` alerts, `_BATCH` to a body; each body is of one group, and the groups take turns."""
    starts, ends = payloads.instant(), payloads.instant(86_400)
    made = []
    for at in range(0, count, _BATCH):
        cluster = f"storm-{at // _BATCH % groups:02}-"
        alerts = [
            payloads.alert("storm", number, starts, ends, cluster=cluster)
            for number in range(at, min(at + _BATCH, count))
        ]
        made.append(json.dumps(alerts, separators=(",", ":")).encode())
    return made


async def _storm(server: Server, sink: Sink, count: int, seconds: float, groups: int) -> _Figures:
    bodies = _bodies(count, groups)
    arrivals = [sink.expect(f"storm-{group:02}-") for group in range(groups)]
    load = Load([request(body) for body in bodies], 8, len(bodies) / seconds)
    began = time.perf_counter()
    await load.run("127.0.0.1", server.port)
    if load.failed:
        raise RuntimeError(f"refused: {dict(load.statuses)}")
    await asyncio.sleep(_SETTLE)
    pace = seconds / len(bodies)  # a group's first body goes out so many places after the storm began
    paged = await asyncio.wait_for(asyncio.gather(*arrivals), 30)
    late = [at - began - place * pace - _GROUP_WAIT for place, at in enumerate(paged)]
    return _Figures(late=late, acknowledged=load.seconds, calls=sink.count, kept=0)


def _row(name: str, count: int, figures: _Figures) -> list[str]:
    late = [f"{percentile(figures.late, p) * 1000:,.0f}" for p in (50, 99)]
    acknowledged = [f"{percentile(figures.acknowledged, p) * 1000:,.1f}" for p in (50, 99)]
    return [name, f"{count:,}", f"{count - figures.kept:,}", f"{figures.calls:,}", *late, *acknowledged]


class _Onlooker(threading.Thread):
    """Opens help and leaves it, again and again, in a terminal UI; `seconds` holds how long help took to show."""

    _PAUSE = 0.4
    _HELP, _LEAVE = b"?", b"\x1b"
    _SHOWN = b"undoable"  # words of the help screen only

    def __init__(self, directory: Path) -> None:
        super().__init__(name="onlooker")
        self._environ = servers.environment(directory) | {"TERM": "xterm-256color"}
        self._over = threading.Event()
        self._ready = threading.Event()
        self.seconds: list[float] = []
        self.rate = 0.0  # KiB a second while the storm lasted
        self.fault = ""

    def run(self) -> None:
        try:
            with Terminal([servers.BIN / "incidentd-tui"], self._environ) as terminal:
                self._look(terminal)
        except servers.Failed as error:
            self.fault = str(error)
        finally:
            self._ready.set()

    def _look(self, terminal: Terminal) -> None:
        terminal.wait_for(b"keys", 15)
        self._pause(terminal, 2.0)
        self._ready.set()
        began, before = time.perf_counter(), terminal.written
        while not self._over.is_set():
            terminal.press(self._HELP)
            self.seconds.append(terminal.wait_for(self._SHOWN, 15))
            terminal.press(self._LEAVE)
            self._pause(terminal, self._PAUSE)
        self.rate = (terminal.written - before) / (time.perf_counter() - began) / 1024

    @staticmethod
    def _pause(terminal: Terminal, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            terminal.read(left)

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        self.start()
        self._ready.wait(30)
        try:
            yield
        finally:
            self._over.set()
            self.join(30)


def _told(directory: Path) -> int:
    """Alerts of the storm that stand in a group's message, by the database itself."""
    with contextlib.closing(sqlite3.connect(directory / "state" / "incidentd.db")) as connection:
        query = (
            "SELECT count(DISTINCT a.id) FROM alerts a JOIN group_alerts g ON g.alert_id = a.id"
            " JOIN groups o ON o.id = g.group_id JOIN pages p ON p.group_id = o.id WHERE a.status = 'firing'"
        )
        return int(connection.execute(query).fetchone()[0])


async def _incidentd(count: int, seconds: float, groups: int) -> list[tuple[str, _Figures, _Onlooker | None]]:
    found: list[tuple[str, _Figures, _Onlooker | None]] = []
    for name, watched in (("incidentd", False), ("incidentd, watched in its terminal UI", True)):
        async with Sink() as sink:
            with servers.scratch() as directory:
                servers.write_config(directory, sink=sink.url, process=PROCESS)
                server = await asyncio.to_thread(servers.start_incidentd, directory)
                onlooker = _Onlooker(directory) if watched else None
                try:
                    with onlooker.looking() if onlooker else contextlib.nullcontext():
                        figures = await _storm(server, sink, count, seconds, groups)
                    await until_routed(server.port)
                    figures.kept = _told(directory)
                finally:
                    await asyncio.to_thread(server.stop)
        found.append((name, figures, onlooker))
    return found


async def _alertmanager(count: int, seconds: float, groups: int) -> _Figures:
    async with Sink() as sink:
        with servers.scratch() as directory:
            config = (
                f"route:\n  receiver: sink\n  group_by: [cluster]\n  group_wait: {_GROUP_WAIT:g}s\n"
                f"receivers:\n- name: sink\n  webhook_configs:\n  - url: {sink.url}\n    max_alerts: 10\n"
            )
            server = await asyncio.to_thread(servers.start_alertmanager, directory, config)
            try:
                figures = await _storm(server, sink, count, seconds, groups)
                figures.kept = len(json.loads(servers.get(server.port, "/api/v2/alerts")[1]))
            finally:
                await asyncio.to_thread(server.stop)
    return figures


async def run(*, alerts: int, seconds: float, groups: int) -> str:
    """The tables."""
    ours = await _incidentd(alerts, seconds, groups)
    rows = [_row(name, alerts, figures) for name, figures, _ in ours]
    if shutil.which(servers.ALERTMANAGER):
        rows.append(_row("Alertmanager", alerts, await _alertmanager(alerts, seconds, groups)))
    head = ["", "alerts", "lost", "messages", "late p50 ms", "late p99 ms", "ack p50 ms", "ack p99 ms"]
    text = (
        f"{alerts:,} distinct alerts in {seconds:g} s over {groups} groups, group_wait {_GROUP_WAIT:g} s, "
        f"until {_SETTLE:g} s after the last:\n\n{table(head, rows)}"
    )
    return text + "".join(_looked_on(onlooker) for _, _, onlooker in ours if onlooker is not None)


def _looked_on(onlooker: _Onlooker) -> str:
    if onlooker.fault:
        raise RuntimeError(onlooker.fault)
    shown = [f"{percentile(onlooker.seconds, p) * 1000:,.0f}" for p in (50, 95, 100)]
    head = ["", "keys", "p50 ms", "p95 ms", "max ms", "KiB/s"]
    row = ["terminal UI, from ? to its help", str(len(onlooker.seconds)), *shown, f"{onlooker.rate:,.1f}"]
    return f"\n\nMeanwhile in the terminal UI:\n\n{table(head, [row])}"
