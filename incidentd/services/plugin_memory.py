"""What an adapter instance remembers, as plugins get it: bounded, and its faults are the plugin API's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.memory import MAX_MEMORY_KEYS, MemoryRefused, check_entry
from incidentd.storage import plugin_memory
from incidentd.storage.store import Store, StoreClosed
from incidentd.storage.tx import Tx

T = TypeVar("T")


class LentMemory:
    """Implements the plugin API's `Memory` for one instance. `store` is asked at each use: it is opened later."""

    def __init__(self, store: Callable[[], Store], instance: str) -> None:
        self._store = store
        self._instance = instance

    async def get(self, key: str) -> bytes | None:
        """The value under `key`."""
        return await self._read(lambda conn: plugin_memory.get(conn, self._instance, key))

    async def items(self) -> Mapping[str, bytes]:
        """Everything."""
        return await self._read(lambda conn: plugin_memory.entries(conn, self._instance))

    async def swap(self, key: str, expected: bytes | None, value: bytes | None) -> bool:
        """Put `value` in the place of `expected`. Raises `MemoryRefused`, `StoreUnavailable`."""
        check_entry(key, value)

        def command(tx: Tx) -> bool:
            grows = expected is None and value is not None
            if grows and plugin_memory.count(tx.conn, self._instance) >= MAX_MEMORY_KEYS:
                if plugin_memory.get(tx.conn, self._instance, key) is not None:
                    return False
                raise MemoryRefused(f"an instance remembers at most {MAX_MEMORY_KEYS} values")
            return plugin_memory.swap(tx, self._instance, key, expected, value)

        try:
            return await self._store().write(command)
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("this could not be stored; send it again") from error

    async def _read(self, query: Callable[[Connection], T]) -> T:
        try:
            return await self._store().read(query)
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("the store cannot be read; send it again") from error
