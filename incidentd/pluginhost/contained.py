"""Calls into a plugin that stay with the plugin, whatever they do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog

from incidentd.pluginhost.vitals import Vitals

T = TypeVar("T")
CLOSE_SECONDS = 5.0
log = structlog.get_logger("incidentd.plugins")


class PluginQuit(Exception):  # noqa: N818
    """A plugin raised SystemExit, which would end the daemon."""


async def contained(call: Awaitable[T]) -> T:
    """What `call` returns. Raises `PluginQuit` where it tried to end the program."""
    try:
        return await call
    except SystemExit as error:
        raise PluginQuit("it tried to end the program") from error


async def close_quietly(close: Callable[[], Awaitable[Any]], vitals: Vitals) -> None:
    """Call an adapter's `close`; nothing it does holds up the daemon's end for long."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await contained(close())
    except Exception as error:
        vitals.failed("close", error)
        log.warning("close_failed", instance=vitals.instance, error=repr(error))
