"""What a person waits for: one `incidentctl` command as a whole process, and the first paint of `incidentd-tui`."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import payloads, servers
from benchmarks.ingest import until_routed
from benchmarks.load import post_all
from benchmarks.tables import table
from benchmarks.terminal import Terminal

_PAINT_SECONDS = 15.0
_ALERTS = 500
_ROW = b"NodeDown"  # a name that stands in the list of alerts and nowhere else


def _whole_process(command: list[str | Path], environ: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _paint(command: list[str | Path], environ: dict[str, str]) -> tuple[float, float]:
    """(seconds to the first byte, seconds to the first alert) in a terminal of 140x40. Raises `servers.Failed`."""
    with Terminal(command, environ) as terminal:
        row = terminal.wait_for(_ROW, _PAINT_SECONDS)
        return terminal.first, row


def _row(name: str, seconds: list[float]) -> list[str]:
    return [name, str(len(seconds)), f"{statistics.median(seconds) * 1000:.0f}", f"{max(seconds) * 1000:.0f}"]


async def run(*, rounds: int) -> str:
    """The table."""
    with servers.scratch() as directory:
        servers.write_config(directory)
        server = await asyncio.to_thread(servers.start_incidentd, directory)
        try:
            await post_all(server.port, payloads.bodies("cli", _ALERTS, 64), 4)
            await until_routed(server.port)
            rows = await asyncio.to_thread(_measure, directory, rounds)
        finally:
            await asyncio.to_thread(server.stop)
    shown = table(["", "runs", "median ms", "max ms"], rows)
    return f"Whole processes, {_ALERTS} active alerts in the daemon:\n\n{shown}"


def _measure(directory: Path, rounds: int) -> list[list[str]]:
    environ = servers.environment(directory) | {"TERM": "xterm-256color"}
    ctl, tui = servers.BIN / "incidentctl", servers.BIN / "incidentd-tui"
    commands: dict[str, list[str | Path]] = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "incidentctl info": [ctl, "info"],
        "incidentctl alert list": [ctl, "alert", "list"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    paints: list[tuple[float, float]] = []
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(_whole_process(command, environ))
        paints.append(_paint([tui], environ))
    rows = [_row(name, seconds) for name, seconds in times.items()]
    rows.append(_row("incidentd-tui, first bytes", [first for first, _ in paints]))
    rows.append(_row("incidentd-tui, first alert", [row for _, row in paints]))
    return rows
