"""The daemon as a process: signals, the service manager, and the way out."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from incidentd.daemon import Daemon
from incidentd.sdnotify import Notifier as ServiceManager
from incidentd.settings import Configuration

log = structlog.get_logger("incidentd")


async def serve(
    configuration: Configuration,
    config_path: Path | None,
    manager: ServiceManager,
    passed: Mapping[str, Sequence[socket.socket]],
) -> None:
    """Run until SIGTERM or SIGINT; SIGHUP reloads."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    daemon = Daemon(configuration, config_path=config_path, passed=passed)
    reloads: set[asyncio.Task[None]] = set()
    started = asyncio.Event()

    def on_hangup() -> None:
        task = loop.create_task(_reload(daemon, manager, started))
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, on_hangup)
    watch: asyncio.Task[None] | None = None
    try:
        await daemon.start()
        manager.ready(f"listening on {', '.join(daemon.urls())}")
        started.set()
        watch = loop.create_task(_kick(manager))
        await stop.wait()
        log.info("stopping")
        manager.stopping("draining")
    finally:
        if watch is not None:
            watch.cancel()
        await daemon.close()
    log.info("stopped")


async def _reload(daemon: Daemon, manager: ServiceManager, started: asyncio.Event) -> None:
    await started.wait()  # asked for during the start: the files may have changed since they were read
    manager.reloading()
    await daemon.reload("signal")
    manager.ready()


async def _kick(manager: ServiceManager) -> None:
    """Tell the service manager's watchdog that the loop is alive."""
    if manager.watchdog_seconds is None:
        return
    while True:
        manager.watchdog()
        await asyncio.sleep(manager.watchdog_seconds / 2)
