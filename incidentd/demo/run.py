"""The demonstration from start to end."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from incidentd.daemon import Daemon
from incidentd.demo import report, scenario, setup, year
from incidentd.demo.clock import ScaledClock
from incidentd.demo.replay import RESOLVE_AFTER, Replay
from incidentd.logging import configure_file
from incidentd.settings import load_configuration

_LEAD_IN = timedelta(minutes=1)
_SETTLE_SECONDS = 0.5
_LOOK_SECONDS = 0.02
Demonstration = Callable[[Path], Coroutine[Any, Any, None]]
"""What is shown, given the directory of its daemon."""


class DirectoryInUse(Exception):  # noqa: N818
    """There are files where the demonstration's are to be."""


def _say(at: datetime, text: str) -> None:
    click.echo(f"{at:%H:%M}  {text}")


async def _hurry(daemon: Daemon) -> None:
    """Loops sleep in real time; on a fast clock they must look more often for what is due."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        daemon.core.wake()


async def _replayed(replay: Replay, daemon: Daemon) -> None:
    hurry = asyncio.create_task(_hurry(daemon))
    try:
        await replay.run()
        await asyncio.sleep(_SETTLE_SECONDS)
    finally:
        hurry.cancel()


async def _open_tui(socket: Path, *arguments: str) -> None:
    """The terminal UI as a process of its own, until its user leaves."""
    program = Path(sys.executable).with_name("incidentd-tui")
    process = await asyncio.create_subprocess_exec(str(program), "--socket", str(socket), *arguments)
    await process.wait()


async def play(name: str, speed: float, directory: Path, *, tui: bool) -> None:
    """Run a private daemon in `directory`, replay scenario `name`, then show it."""
    # The replay ends at the present, so that the clock afterwards is everybody's.
    chosen = scenario.load(name).ending_at(datetime.now(UTC) - RESOLVE_AFTER)
    environ = {**os.environ, **setup.write_files(directory, chosen)}
    clock = ScaledClock(chosen.instant(chosen.event[0]) - _LEAD_IN, 1.0)
    daemon = Daemon(load_configuration(None, environ), clock=clock)
    try:
        await daemon.start()
        url = next(f"http://{host}:{port}" for host, port in daemon.ingress.addresses)
        click.echo(
            f"Replaying “{chosen.title}” ({chosen.day}) as if it were today, {speed:g} times as fast, through {url}"
        )
        clock.run_at(speed)  # not before: on a busy machine the start alone would take days, and the alert be over
        replay = Replay(chosen, daemon.core, url, clock, _say)
        await _replayed(replay, daemon)
        if tui:
            await _open_tui(daemon.configuration.daemon.api.socket_path, "--incident", str(replay.incident_id))
        else:
            for line in await report.lines(daemon.core, replay.alert_id, replay.incident_id, directory / "pages.jsonl"):
                click.echo(line)
    finally:
        await daemon.close()


async def show_year(seed: int, days: int, directory: Path, *, tui: bool) -> None:
    """Simulate `days` of a fictional team that end now, then show a private daemon in `directory` that has them."""
    environ = {**os.environ, **await year.write(directory, seed, days)}
    daemon = Daemon(load_configuration(None, environ))
    try:
        await daemon.start()
        for line in await daemon.core.store.read(year.counts):
            click.echo(line)
        if tui:
            await _open_tui(daemon.configuration.daemon.api.socket_path)
    finally:
        await daemon.close()


def main(demonstration: Demonstration, keep: Path | None) -> None:
    """Run a demonstration in a directory that goes away afterwards, unless `keep` names one.

    Raises `DirectoryInUse`.
    """
    import uvloop

    directory = keep or Path(tempfile.mkdtemp(prefix="incidentd-demo-"))
    directory.mkdir(parents=True, exist_ok=True)
    try:
        configure_file(directory / "incidentd.log", "info")
        uvloop.run(demonstration(directory))
    except FileExistsError as error:
        raise DirectoryInUse(f"{error.filename} exists: keep it in a new directory") from error
    finally:
        if keep is None:
            shutil.rmtree(directory, ignore_errors=True)
