"""Remembered answers: a request that is sent again under its key gets the answer it got before, for 24 hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from incidentd.services.escalation import Handler
from incidentd.storage import answers, timers
from incidentd.storage.answers import Answer
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx

KEPT = timedelta(hours=24)
PURGE = "answers.purge"
_SUBJECT = "answers:0"  # one timer for all
_LEAST_PAUSE = timedelta(minutes=10)  # so that a busy hour does not purge answer by answer


class Answers:
    """Implements `contracts.IdempotencyCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def handlers(self) -> Mapping[str, Handler]:
        """What its timer does."""
        return {PURGE: self._purge}

    async def start(self) -> None:
        """Make sure that answers of an earlier run are purged in time."""
        await self._store.write(_arm)

    async def find(self, actor: str, key: str) -> tuple[str, int, bytes] | None:
        """(request digest, status, body) of an answer given within 24 hours."""
        found = await self._store.read(lambda conn: answers.find(conn, actor, key))
        if found is None or found.at <= self._store.clock.now() - KEPT:
            return None
        return found.digest, found.status, found.body.encode()

    async def remember(self, actor: str, key: str, digest: str, status: int, body: bytes) -> None:
        """Keep an answer for 24 hours. `body` is UTF-8."""
        text = body.decode()

        def command(tx: Tx) -> None:
            answers.remember(tx, actor, key, Answer(digest=digest, status=status, body=text, at=tx.now))
            timers.arm_no_later(tx, PURGE, _SUBJECT, tx.now + KEPT)

        await self._store.write(command)

    def _purge(self, tx: Tx, _: Timer) -> None:
        answers.purge(tx, tx.now - KEPT)
        _arm(tx)


def first_time(tx: Tx, actor: str, key: str) -> bool:
    """Whether `actor` did nothing under `key` within 24 hours; remembers it with what `tx` does."""
    first = answers.remember_first(tx, actor, key, Answer(digest="", status=200, body="", at=tx.now))
    if first:
        timers.arm_no_later(tx, PURGE, _SUBJECT, tx.now + KEPT)
    return first


def _arm(tx: Tx) -> None:
    oldest = answers.oldest(tx.conn)
    if oldest is not None:
        timers.arm(tx, PURGE, _SUBJECT, max(oldest + KEPT, tx.now + _LEAST_PAUSE))
