"""How many tasks each plugin has running: one that leaks them slows everything down, and nothing else names it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping

MANY = 1000
"""More than any plugin needs at once: what the daemon asks of one is bounded well below."""


def tasks_by_plugin(owners: Mapping[str, str]) -> Counter[str]:
    """The running tasks whose outermost coroutine is a plugin's. `owners` has plugins by their top-level module.

    A task made of a library's coroutine counts for nobody: Python does not say who started it.
    """
    found: Counter[str] = Counter()
    for task in asyncio.all_tasks():
        code = getattr(task.get_coro(), "cr_frame", None)
        module = str(code.f_globals.get("__name__", "")) if code is not None else ""
        plugin = owners.get(module.partition(".")[0])
        if plugin is not None:
            found[plugin] += 1
    return found
