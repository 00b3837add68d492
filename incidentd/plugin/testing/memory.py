"""An instance's memory and its paused checks, as doubles that a test can read and set."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from incidentd.plugin import MAX_MEMORY_KEYS, MemoryRefused, Pause, StoreUnavailable
from incidentd.plugin.memory import check_entry


class InMemory:
    """A `Memory` with the daemon's bounds; lend one to several contexts to play several nodes or a restart.

    With `available = False` it fails as a full disk would.
    """

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.available = True

    async def get(self, key: str) -> bytes | None:
        """The value under `key`."""
        await self._reach()
        return self.kept.get(key)

    async def items(self) -> Mapping[str, bytes]:
        """Everything."""
        await self._reach()
        return dict(sorted(self.kept.items()))

    async def swap(self, key: str, expected: bytes | None, value: bytes | None) -> bool:
        """Put `value` in the place of `expected`. Raises `MemoryRefused`, `StoreUnavailable`."""
        check_entry(key, value)
        await self._reach()
        if self.kept.get(key) != expected:
            return False
        if value is None:
            self.kept.pop(key, None)
        elif expected is None and len(self.kept) >= MAX_MEMORY_KEYS:
            raise MemoryRefused(f"an instance remembers at most {MAX_MEMORY_KEYS} values")
        else:
            self.kept[key] = value
        return True

    async def _reach(self) -> None:
        await asyncio.sleep(0)  # a real store suspends here
        if not self.available:
            raise StoreUnavailable("the test said so")


class SettablePauses:
    """`PausedChecks` that answers with `pauses`, which the test fills in."""

    def __init__(self) -> None:
        self.pauses: dict[str, Pause] = {}

    async def current(self) -> Mapping[str, Pause]:
        """`pauses`."""
        return dict(self.pauses)
