"""Drafts live on the server: a person finds them again from any terminal."""

from __future__ import annotations

from incidentd.services.errors import Invalid
from incidentd.storage import drafts
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import drafts as wire_drafts

_MAX_KEY = 200


class Drafts:
    """Implements `contracts.DraftCalls`. A draft is its writer's alone and leaves no event."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, person: str, key: str) -> wire_drafts.Draft:
        """The draft, empty when there is none. Raises `Invalid` for a bad key."""
        key = _checked(key)
        return await self._store.read(lambda conn: drafts.get(conn, person, key))

    async def put(self, person: str, key: str, text: str) -> wire_drafts.Draft:
        """Save a draft; an empty text removes it. Raises `Invalid` for a bad key."""
        key = _checked(key)

        def command(tx: Tx) -> wire_drafts.Draft:
            if text:
                drafts.put(tx, person, key, text)
            else:
                drafts.remove(tx, person, key)
            return drafts.get(tx.conn, person, key)

        return await self._store.write(command)

    async def delete(self, person: str, key: str) -> None:
        """Forget a draft. Raises `Invalid` for a bad key."""
        key = _checked(key)
        await self._store.write(lambda tx: drafts.remove(tx, person, key))


def _checked(key: str) -> str:
    if not 1 <= len(key) <= _MAX_KEY or "\0" in key:
        raise Invalid(f"a draft's key has 1 to {_MAX_KEY} characters", field="key")
    return key
