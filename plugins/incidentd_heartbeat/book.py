"""The histories of an instance's checks in its memory, which all nodes share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from incidentd.plugin import Memory, update_memory
from incidentd_heartbeat.history import History
from incidentd_heartbeat.listening import Listening, beat

_CHECK = "check/"
_CREATED = "created/"
_LISTENING = "listening"
_KEPT = b"{}"
_DELETED = b'{"deleted":true}'
_encode = msgspec.json.encode


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """Everything as of one moment."""

    histories: Mapping[str, History]
    created: tuple[str, ...]  # names of checks that pings made
    deleted: tuple[str, ...]  # of those, what is to be forgotten
    listening: Listening | None


class BookKeeper:
    """Reads and changes the book; what it changes is durable when it returns. All may raise `StoreUnavailable`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def read(self) -> Book:
        """The whole book."""
        entries = await self._memory.items()
        listening = entries.get(_LISTENING)
        return Book(
            histories={
                key.removeprefix(_CHECK): _history(value) for key, value in entries.items() if key.startswith(_CHECK)
            },
            created=_made(entries, _KEPT),
            deleted=_made(entries, _DELETED),
            listening=msgspec.json.decode(listening, type=Listening) if listening is not None else None,
        )

    async def change(self, name: str, change: Callable[[History], History]) -> History:
        """Make the history of a check what `change` makes of it."""
        after = await update_memory(self._memory, f"{_CHECK}{name}", lambda value: _encode(change(_history(value))))
        return _history(after)

    async def was_created(self, name: str) -> bool:
        """Whether a ping made this check."""
        return await self._memory.get(f"{_CREATED}{name}") == _KEPT

    async def create(self, name: str) -> bool:
        """Write down that a ping made a check; False when it had been made before."""
        return await self._memory.swap(f"{_CREATED}{name}", None, _KEPT)

    async def delete(self, name: str) -> bool:
        """Write down that a check that a ping made is to be forgotten; False when none is known."""
        return await self._memory.swap(f"{_CREATED}{name}", _KEPT, _DELETED)

    async def forget(self, name: str) -> None:
        """Drop what is known of a deleted check, last of all that it was deleted: a crash between is made up for."""
        await update_memory(self._memory, f"{_CHECK}{name}", lambda _: None)
        await self._memory.swap(f"{_CREATED}{name}", _DELETED, None)

    async def beat(self, now: datetime) -> None:
        """Write down that pings can be kept at `now`."""

        def change(value: bytes | None) -> bytes:
            return _encode(beat(msgspec.json.decode(value, type=Listening) if value is not None else None, now))

        await update_memory(self._memory, _LISTENING, change)


def _history(value: bytes | None) -> History:
    return msgspec.json.decode(value, type=History) if value is not None else History()


def _made(entries: Mapping[str, bytes], value: bytes) -> tuple[str, ...]:
    return tuple(
        key.removeprefix(_CREATED)
        for key, found in entries.items()
        if (key[: len(_CREATED)], found) == (_CREATED, value)
    )
