"""The learning of the week: one quiet note by a durable timer; where there is nothing to say, nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from incidentd.domain.audiences import Reader, readers
from incidentd.domain.learning_digest import Candidate, DigestSettings, chosen, message, next_at, with_teams
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.escalation import Handler
from incidentd.services.notes import write_to
from incidentd.storage import duty_changes, learning_digests, timers
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx
from incidentd.wire import library as wire_library

KIND, _SUBJECT = "learning.digest", "library:1"


class LearningDigests:
    """Implements `library_contracts.DigestCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """What its timer does."""
        return {KIND: self._on_due}

    def follow_configuration(self, tx: Tx) -> None:
        """Arm the timer as the process says; one that waits for the same already is left alone."""
        settings = self._process().digest
        if settings is None:
            timers.cancel(tx, KIND, _SUBJECT)
        else:
            timers.arm_as_said(tx, KIND, _SUBJECT, next_at(settings, tx.now), _payload(settings))

    async def preview(self) -> wire_library.Digest:
        """What would be sent next, as things stand now, and to how many."""
        now, settings = self._store.clock.now(), self._process().digest

        def read(conn: Connection) -> wire_library.Digest:
            one = _next(conn)
            title, body = message(learning_digests.piece(conn, one)) if one is not None else ("", "")
            return wire_library.Digest(
                at=next_at(settings, now) if settings else None,
                to=settings.to if settings else (),
                readers=len(self._readers(conn, settings, now)) if settings else 0,
                learning_id=one.id if one is not None else None,
                title=title,
                body=body,
            )

        return await self._store.read(read)

    def _on_due(self, tx: Tx, _: Timer) -> None:
        settings = self._process().digest
        if settings is None:
            return
        timers.arm(tx, KIND, _SUBJECT, next_at(settings, tx.now), _payload(settings))
        one, to = _next(tx.conn), self._readers(tx.conn, settings, tx.now)
        if one is None or not to:
            return
        title, body = message(learning_digests.piece(tx.conn, one))
        for reader in to:
            write_to(tx, reader.person, title, body, reader.why, can_wait=True)
        learning_digests.add(tx, one.id)
        told = {"learning": one.id, "readers": len(to)}
        tx.emit("learning.digest_sent", f"incident:{one.incident_id}", told)

    def _readers(self, conn: Connection, settings: DigestSettings, at: datetime) -> list[Reader]:
        audiences = with_teams(settings.to, self._process().audiences)
        return readers(settings.to, audiences, self._roster(), at, duty_changes.at(conn, at))


def _next(conn: Connection) -> Candidate | None:
    return chosen(learning_digests.candidates(conn), learning_digests.sent_before(conn))


def _payload(settings: DigestSettings) -> Mapping[str, object]:
    payload: Mapping[str, object] = msgspec.to_builtins(settings)
    return payload
