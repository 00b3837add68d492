"""What an adapter instance may remember: a few small values that outlive it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from incidentd.plugin.adapters import StoreUnavailable

MAX_MEMORY_KEY = 200  # characters
MAX_MEMORY_VALUE = 64 * 1024  # bytes
MAX_MEMORY_KEYS = 2000  # of one instance
_TRIES = 100


class MemoryRefused(ValueError):
    """The key or the value is too large, or the instance has used up its keys; the message says which."""


class Memory(Protocol):
    """Durable values of one adapter instance, under keys of its own choice. Since API version 1.2.

    They survive restarts and upgrades, belong to the instance's name, and are shared by all nodes on one database. A
    change is made by comparing: write down what you read, and it is refused when somebody else was faster. Keep a
    secret in no value. Every call may raise `StoreUnavailable`.
    """

    async def get(self, key: str) -> bytes | None:
        """The value under `key`, None when there is none."""
        ...

    async def items(self) -> Mapping[str, bytes]:
        """Everything, as of one moment."""
        ...

    async def swap(self, key: str, expected: bytes | None, value: bytes | None) -> bool:
        """Put `value` in the place of `expected`, durably; None stands for no value.

        False, and nothing changed, when something else was there. Raises `MemoryRefused` beyond `MAX_MEMORY_KEY`
        characters, `MAX_MEMORY_VALUE` bytes or `MAX_MEMORY_KEYS` keys.
        """
        ...


def check_entry(key: str, value: bytes | None) -> None:
    """Raises `MemoryRefused` unless an entry may be kept."""
    if not key or len(key) > MAX_MEMORY_KEY or not key.isprintable():
        raise MemoryRefused(f"a key has 1 to {MAX_MEMORY_KEY} printable characters")
    if value is not None and len(value) > MAX_MEMORY_VALUE:
        raise MemoryRefused(f"a value has at most {MAX_MEMORY_VALUE} bytes")


async def update_memory(memory: Memory, key: str, change: Callable[[bytes | None], bytes | None]) -> bytes | None:
    """Make the value under `key` what `change` makes of it, and return that; None stands for no value.

    `change` is called again when another was faster, so it must depend on its argument only. Raises as `Memory.swap`,
    and `StoreUnavailable` when others are faster all the time.
    """
    for _ in range(_TRIES):
        before = await memory.get(key)
        after = change(before)
        if after == before or await memory.swap(key, before, after):
            return after
    raise StoreUnavailable("too many change this at once; send it again")
