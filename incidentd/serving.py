"""The daemon as a process: signals, the service manager, and the way out."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from incidentd import cycles
from incidentd.daemon import Daemon
from incidentd.sdnotify import Notifier as ServiceManager
from incidentd.settings import Configuration
from incidentd.storage.migrate import SchemaTooNew

EXIT_DISK = 74  # EX_IOERR of sysexits(3)
log = structlog.get_logger("incidentd")


async def serve(
    configuration: Configuration,
    config_path: Path | None,
    manager: ServiceManager,
    passed: Mapping[str, Sequence[socket.socket]],
) -> None:
    """Run until SIGTERM or SIGINT; SIGHUP reloads. Raises `SchemaTooNew` when another node migrated beyond this one."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    daemon = Daemon(configuration, config_path=config_path, passed=passed)
    asked = asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    beside: list[asyncio.Task[None]] = []
    outgrown: list[str] = []

    def on_outgrown(why: str) -> None:
        log.error("schema_outgrown", why=why)
        outgrown.append(why)
        stop.set()

    daemon.outgrown = on_outgrown
    try:
        await daemon.start()
        daemon.core.outage.renew = stop.set
        cycles.settle()
        for alarm in configuration.stood_in:
            log.error("file_faulty", code=alarm.code, why=alarm.text)
        manager.ready(f"listening on {', '.join(daemon.urls())}")
        beside = [loop.create_task(_kick(manager)), loop.create_task(_reloads(daemon, manager, asked))]
        await stop.wait()
        log.info("stopping")
        manager.stopping("draining")
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)  # a reload in the middle would start plugins again
        await daemon.close()
    if outgrown:
        raise SchemaTooNew(outgrown[0])
    log.info("stopped")
    if (
        daemon.core.store.suspect
    ):  # what closes the database in the end would trust what the system believes of the disk
        os._exit(EXIT_DISK)


async def _reloads(daemon: Daemon, manager: ServiceManager, asked: asyncio.Event) -> None:
    """Reload when asked, one at a time. What is asked meanwhile, however often, is one more reload.

    Asked during the start counts as well: the files may have changed since they were read.
    """
    while True:
        await asked.wait()
        asked.clear()
        manager.reloading()
        try:
            await daemon.reload("signal")
        except Exception as error:  # the store may be away: the next signal tries again
            log.error("reload_failed", error=repr(error))
        manager.ready()


async def _kick(manager: ServiceManager) -> None:
    """Tell the service manager's watchdog that the loop is alive."""
    if manager.watchdog_seconds is None:
        return
    while True:
        manager.watchdog()
        await asyncio.sleep(manager.watchdog_seconds / 2)
