"""The demonstration from start to end."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from incidentd.daemon import Daemon
from incidentd.demo import report, scenario, setup
from incidentd.demo.clock import ScaledClock
from incidentd.demo.replay import RESOLVE_AFTER, Replay
from incidentd.logging import configure_file
from incidentd.settings import load_configuration

_LEAD_IN = timedelta(minutes=1)
_SETTLE_SECONDS = 0.5
_LOOK_SECONDS = 0.02


def _say(at: datetime, text: str) -> None:
    click.echo(f"{at:%H:%M}  {text}")


async def _hurry(daemon: Daemon) -> None:
    """Loops sleep in real time; on a fast clock they must look more often for what is due."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        daemon.core.wake()


async def _replayed(replay: Replay, daemon: Daemon, clock: ScaledClock) -> None:
    hurry = asyncio.create_task(_hurry(daemon))
    try:
        await replay.run()
        clock.run_at(1.0)
        await asyncio.sleep(_SETTLE_SECONDS)
    finally:
        hurry.cancel()


async def _open_tui(socket: Path, incident_id: int) -> None:
    """The terminal UI as a process of its own, at the replayed incident, until its user leaves."""
    program = Path(sys.executable).with_name("incidentd-tui")
    process = await asyncio.create_subprocess_exec(
        str(program), "--socket", str(socket), "--incident", str(incident_id)
    )
    await process.wait()


async def play(name: str, speed: float, directory: Path, *, tui: bool) -> None:
    """Run a private daemon in `directory`, replay scenario `name`, then show it."""
    # The replay ends at the present, so that the clock afterwards is everybody's.
    chosen = scenario.load(name).ending_at(datetime.now(UTC) - RESOLVE_AFTER)
    environ = {**os.environ, **setup.write_files(directory, chosen)}
    clock = ScaledClock(chosen.instant(chosen.event[0]) - _LEAD_IN, speed)
    daemon = Daemon(load_configuration(None, environ), clock=clock)
    try:
        await daemon.start()
        url = next(f"http://{host}:{port}" for host, port in daemon.ingress.addresses)
        click.echo(
            f"Replaying “{chosen.title}” ({chosen.day}) as if it were today, {speed:g} times as fast, through {url}"
        )
        replay = Replay(chosen, daemon.core, url, clock, _say)
        await _replayed(replay, daemon, clock)
        if tui:
            await _open_tui(daemon.configuration.daemon.api.socket_path, replay.incident_id)
        else:
            for line in await report.lines(daemon.core, replay.alert_id, replay.incident_id, directory / "pages.jsonl"):
                click.echo(line)
    finally:
        await daemon.close()


def main(name: str, speed: float, *, tui: bool, keep: Path | None) -> None:
    """Run the demonstration in a directory that goes away afterwards, unless `keep` names one."""
    import uvloop

    directory = keep or Path(tempfile.mkdtemp(prefix="incidentd-demo-"))
    directory.mkdir(parents=True, exist_ok=True)
    try:
        configure_file(directory / "incidentd.log", "info")
        uvloop.run(play(name, speed, directory, tui=tui))
    finally:
        if keep is None:
            shutil.rmtree(directory, ignore_errors=True)
