"""Keeping the words that earlier incidents are found by: read in the background, and before they are asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from incidentd.domain.symptom_words import symptom_words
from incidentd.services.symptoms import known_of
from incidentd.storage import symptom_words as stored
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx

_AT_ONCE = 50  # incidents in one command, so that nobody waits long for the writer
_EVERY = timedelta(minutes=5)


class SymptomWords:
    """Brings them in line with the incidents. Two nodes may do so at once: each locks what it reads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._next: datetime | None = None

    async def work(self) -> float | None:
        """A part of it now and then; what a loop does."""
        now = self._store.clock.now()
        if self._next is not None and now < self._next:
            return None
        if await self._store.write(_read_some):
            return 0.0
        self._next = now + _EVERY
        return None

    async def catch_up(self) -> None:
        """All of it, now. Usually there are a few."""
        while await self._store.read(lambda conn: bool(stored.stale(conn, 1))):
            await self._store.write(_read_some)


def _read_some(tx: Tx) -> int:
    rows = stored.stale(tx.conn, _AT_ONCE, lock=True)
    for row, known in zip(rows, known_of(tx.conn, rows), strict=True):
        stored.put(tx, row, symptom_words(known))
    return len(rows)
